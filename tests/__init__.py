"""What proves that the hall keeps the fund's rules."""
