"""Is the simulator like the real thing? Figures of docs/facts.md, simulated and held to."""
