"""Runs side by side: read from their folders, compared where they are comparable."""
