"""What lessons need beside the library."""
