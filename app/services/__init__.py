"""The use cases of the hall: one function each, told who asks and what time it is."""
