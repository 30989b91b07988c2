"""What `make bench` measures: pages, wizard, payouts, uploads, memory; medians on this machine."""
