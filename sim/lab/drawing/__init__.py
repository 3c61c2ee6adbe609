"""How figures are drawn: canvases, numbers and words."""
