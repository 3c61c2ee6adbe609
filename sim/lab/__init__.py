"""Where worlds are run, recorded and judged."""
