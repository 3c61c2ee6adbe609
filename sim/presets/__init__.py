"""Numbers with their sources, and how settings become the parameters of a world."""
