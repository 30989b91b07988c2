"""Whole halls at random: one seed drives people, staff, banks, clocks and deaths of processes."""
