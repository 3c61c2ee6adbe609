"""Plans that a person writes, lived in many futures of one world."""
