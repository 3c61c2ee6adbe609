"""A short-video platform in a box."""
