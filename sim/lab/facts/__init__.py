"""Is the simulator like the real thing? Figures of FACTS.md, simulated and held against source."""
