"""The rules of the hall: standard library only; no database, no request, no clock."""
