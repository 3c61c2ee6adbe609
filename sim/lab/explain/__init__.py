"""Explanations for those affected: why a video was shown, stopped spreading, or was taken down."""

from sim.lab.explain.window import Window

__all__ = ["Window"]
