"""Pages of registration, log-in and the own data."""
