"""How a recolour is told from a redraw: `colours` measures what became of each colour; the step `relate` decides."""
