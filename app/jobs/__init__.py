"""What the clock of the hall does: plain functions, each piece of work its own transaction."""
