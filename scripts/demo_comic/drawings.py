"""Drawings: what a picture shows and how it is seen, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from demo_comic.characters import Actor, Character
from demo_comic.colours import INK, PAPER, Colour
from demo_comic.marks import Point, Shape, Shapes, box

WIDTH, HEIGHT = 650, 450
"""Size of a panel in pixels, that of the comic the method was first tried on."""

LEFT, TOP, RIGHT, BOTTOM = -180.0, -130.0, 830.0, 580.0
"""How far scenes are drawn: beyond the frame, so that a view moved by 20 % or zoomed to 75 % has something to show."""


@dataclass(frozen=True)
class Caption:
    """Letters around (x, y), in a box, in a balloon whose tail points to someone, or bare."""

    text: str
    x: float
    y: float
    size: int = 19
    ground: Colour | None = PAPER
    ink: Colour = INK
    tail: Point | None = None


@dataclass(frozen=True, eq=False)
class Drawing:
    """What is drawn and how it is seen; transformations change one or the other.

    `scene` lies behind the actors and `front` before them. `paint` names the colours put in place of others. `hand`
    says who traces the lines (a seed) and how far they stray (pixels). `scale` (a factor per axis, negative to mirror)
    and then `offset` (pixels) take the scene to the frame. `static` is the seed of noise that hides everything.
    """

    scene: Shapes
    actors: tuple[Actor, ...] = ()
    front: Shapes = field(default_factory=list)
    captions: tuple[Caption, ...] = ()
    paint: Mapping[Colour, Colour] = field(default_factory=dict)
    hand: tuple[int, float] = (0, 0)
    scale: Point = (1, 1)
    offset: Point = (0, 0)
    static: int | None = None


Cast = Sequence[Character]
"""All who may be drawn."""


def backdrop(colour: Colour) -> Shape:
    """Fill the scene with one colour."""
    return box(LEFT, TOP, RIGHT, BOTTOM, colour, None)
