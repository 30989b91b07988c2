"""What the generated screens stand on: safe views, fast queries, row rights, words in cells."""
