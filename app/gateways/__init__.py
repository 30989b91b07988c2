"""The outside world: one Protocol each, a real adapter and a local one beside it."""
