"""A preset fitted to a user's own log."""
