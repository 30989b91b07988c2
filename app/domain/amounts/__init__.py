"""How much each rule lets a person take, one rule a function, and the lines that show it."""
