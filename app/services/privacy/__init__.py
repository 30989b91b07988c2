"""What people may know and ask of their data, what is shown of it, how long it is kept."""
