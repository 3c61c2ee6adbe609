"""Assignments: a student's file is run behind walls, measured beside baselines, and marked."""
