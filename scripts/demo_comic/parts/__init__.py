"""Pictures that share parts: what they share, how it comes back, and what only looks as if it did.

All that is drawn has its own random shape, so that nothing repeats but what is meant to.

The modules in the order of the work, none of which imports a later one: `items`, `materials`, `places`, `lettering`,
`layouts`, `comic`, `kinds`, `lookalikes`, `plan`.
"""
