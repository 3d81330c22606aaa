"""Pictures that share parts, drawn from a seed: what is shared, how it comes back, and what only looks like it.

The modules in the order of the work, none of which imports a later one: `items`, `materials`, `places`, `lettering`,
`comic`, `kinds`, `lookalikes`.
"""
