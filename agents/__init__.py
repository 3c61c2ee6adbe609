"""Recommender agents: one file, one paper."""
