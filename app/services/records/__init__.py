"""What every use case leans on: numbers, conditional updates, repeats, outbox, closed days."""
