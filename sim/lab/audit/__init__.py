"""Audits: scripted accounts on a platform that they cannot open, and how far they see."""
