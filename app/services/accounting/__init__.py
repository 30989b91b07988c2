"""Holdings and books: files of accounts, opening balances, corrections, the proof of it all."""
