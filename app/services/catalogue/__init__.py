"""What agencies offer: packages loaded, rows merged, cached, edited by effective date."""
