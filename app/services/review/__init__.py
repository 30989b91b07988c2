"""A case in the hands of staff: the list, checks, decisions, flags, days, return opinions."""
