"""Agents for the moderator's seat."""
