"""Agents for the creator's seat: one file, one paper."""
