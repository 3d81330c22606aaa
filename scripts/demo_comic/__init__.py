"""The demo comic: a comic of known reuse, drawn from a seed.

A drawing is data: shapes with points and colours, actors in a pose at a place, a caption, and how all this is seen
(colours put in place of others, the hand that traces the lines, the view). A transformation changes that description
and the drawing is then made anew, as an artist makes a callback; no pixels are copied. All chance comes from the seed,
so that the same seed and number of pages give the same bytes.

The modules in the order of the work, none of which imports a later one: `colours` and `marks`; the props `things`,
`outdoors` and `indoors`; `characters`; `drawings`; `words` and `scenes`; `pictures`; `traps` and `transformations`;
the `story`.
"""
