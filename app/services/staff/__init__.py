"""Staff: who is taken on, with which roles, until when."""
