"""Agents for the recommender's seat."""
