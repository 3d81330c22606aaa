"""Characters: who is drawn, in which pose, from head to foot."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

import numpy as np

from demo_comic.colours import CLOTHS, FURS, HAIRS, INK, PAPER, SKINS, STONES, Colour, shade, tone
from demo_comic.marks import Point, Shape, Shapes, around, blob, box, curve, limb, oval, poly, put, smooth, stroke

SPECIES = ("person", "person", "person", "person", "cat", "rabbit", "robot", "bear")
HAIR_STYLES = ("crop", "bowl", "parted", "long", "bun", "spikes", "curls", "pigtails", "bald")
HATS = ("none", "none", "none", "beanie", "topper", "witch", "crown", "cap")
GARMENTS = ("shirt", "stripes", "dress", "coat", "overall")
MOODS = ("smile", "grin", "flat", "frown", "oh")
HELD = ("nothing", "nothing", "nothing", "balloon", "umbrella", "lantern", "flag")

FRINGES: Mapping[str, list[Point]] = {
    "crop": [(0.95, -0.2), (0.7, -0.5), (0.2, -0.6), (-0.3, -0.5), (-0.75, -0.45), (-0.95, -0.2)],
    "bowl": [(1.05, 0.15), (0.85, -0.22), (0.3, -0.32), (-0.3, -0.32), (-0.85, -0.22), (-1.05, 0.15)],
    "parted": [(1.02, 0.25), (0.8, -0.25), (0.35, -0.72), (-0.1, -0.4), (-0.75, -0.2), (-1.02, 0.25)],
}
"""The lower edge of the hair on the forehead, from right to left; the head is a circle of radius 1 around (0, 0)."""


@dataclass(frozen=True)
class Character:
    """Who is drawn: one look, kept from panel to panel."""

    species: str
    skin: Colour
    hair: Colour
    hair_style: str
    hat: str
    hat_colour: Colour
    garment: str
    cloth: Colour
    trousers: Colour
    glasses: bool
    wide_eyed: bool
    build: float


@dataclass(frozen=True)
class Pose:
    """How someone stands: angles in degrees from hanging down, outwards positive, left then right."""

    arms: tuple[tuple[float, float], tuple[float, float]]
    legs: tuple[tuple[float, float], tuple[float, float]]
    lean: float
    look: float
    mood: str
    held: str


POSES = (
    (((12, 8), (12, 8)), ((4, 2), (4, 2))),  # at rest
    (((15, 5), (120, 165)), ((4, 2), (4, 2))),  # waving
    (((140, 165), (140, 165)), ((14, 8), (14, 8))),  # cheering
    (((55, -60), (55, -60)), ((12, 6), (12, 6))),  # hands on hips
    (((12, 10), (85, 95)), ((6, 0), (16, 10))),  # pointing
    (((45, 100), (-20, 30)), ((35, 45), (30, -10))),  # running
    (((20, 10), (35, 150)), ((3, 3), (3, 3))),  # thinking
    (((80, 110), (80, 110)), ((8, 4), (8, 4))),  # shrugging
)
"""Arms and legs, upper and lower angle each."""


@dataclass(frozen=True)
class Actor:
    """Someone in a pose at a place: the feet at (x, y), `height` in pixels."""

    character: Character
    pose: Pose
    x: float
    y: float
    height: float
    flip: bool


def draw_character(rng: Random) -> Character:
    """Make someone up."""
    species = rng.choice(SPECIES)
    return Character(
        species=species,
        skin=tone(rng, {"person": SKINS, "robot": STONES}.get(species, FURS)),
        hair=tone(rng, HAIRS),
        hair_style=rng.choice(HAIR_STYLES) if species == "person" else "bald",
        hat=rng.choice(HATS),
        hat_colour=tone(rng, CLOTHS),
        garment=rng.choice(GARMENTS),
        cloth=tone(rng, CLOTHS),
        trousers=tone(rng, [*CLOTHS, *HAIRS]),
        glasses=rng.random() < 0.25,
        wide_eyed=rng.random() < 0.5,
        build=rng.uniform(0.8, 1.3),
    )


def draw_pose(rng: Random) -> Pose:
    """Pick a pose and vary it, as nobody stands twice in quite the same way."""
    arms, legs = rng.choice(POSES)

    def vary(pair: tuple[float, float], by: float) -> tuple[float, float]:
        return pair[0] + rng.uniform(-by, by), pair[1] + rng.uniform(-by, by)

    return Pose(
        arms=(vary(arms[0], 15), vary(arms[1], 15)),
        legs=(vary(legs[0], 6), vary(legs[1], 6)),
        lean=rng.uniform(-6, 6),
        look=rng.uniform(-1, 1),
        mood=rng.choice(MOODS),
        held=rng.choice(HELD),
    )


def head(who: Character, mood: str, look: float) -> Shapes:
    """Draw a head as a circle of radius 1 around (0, 0), with ears, hair, face and hat."""
    skin, inner = who.skin, shade(who.skin, 0.75)
    skull: Shapes = [oval(0, 0, 0.98, 1, skin)]
    ear: Shapes = [oval(0.97, 0.08, 0.18, 0.24, skin)]
    if who.species == "cat":
        ear = [poly([(0.95, -0.25), (0.85, -1.35), (0.15, -0.85)], skin)]
    elif who.species == "rabbit":
        ear = put([oval(0, 0, 0.24, 0.75, skin), oval(0, 0.05, 0.1, 0.5, inner, None)], 0.42, -1.45, 1, turn=12)
    elif who.species == "bear":
        ear = [oval(0.72, -0.75, 0.34, 0.34, skin), oval(0.72, -0.75, 0.16, 0.16, inner, None)]
    elif who.species == "robot":
        ear = [box(0.92, -0.25, 1.12, 0.25, inner)]
        skull = [
            stroke([(0, -0.9), (0, -1.45)], INK, 4),
            oval(0, -1.5, 0.14, 0.14, who.hat_colour),
            box(-0.98, -0.9, 0.98, 0.9, skin),
        ]
    hair_behind, hair_before = _hair(who)
    ears = put(ear, 0, 0, 1, flip=True) + ear
    return [*hair_behind, *ears, *skull, *_face(who, mood, look), *hair_before, *_hat(who)]


def _hair(who: Character) -> tuple[Shapes, Shapes]:
    """Draw the hair behind the head and the hair before it."""
    style, colour = who.hair_style, who.hair
    if style == "bald":
        return [], []
    over = np.linspace(0.53, 0.97, 13).tolist()
    if style == "curls":
        behind = [
            oval(*around(0, -0.25, 1.05, 0.95, turn), 0.36, 0.36, colour) for turn in np.arange(0.47, 1.06, 0.067)
        ]
        return behind, [oval(*around(0, -0.3, 0.72, 0.74, turn), 0.27, 0.25, colour, None) for turn in over[::2]]
    out = 1.5 if style == "spikes" else 1.1
    top = [around(0, 0, radius, radius, turn) for turn, radius in zip(over, [1.1, out] * 6 + [1.1], strict=True)]
    fringe = FRINGES.get(style) or FRINGES["parted" if style in ("long", "pigtails") else "crop"]
    lock = blob([(0.9, 0.1), (1.5, 0), (1.75, 0.7), (1.45, 1.3), (1.15, 0.7)], colour)
    behind_of: Mapping[str, Shapes] = {
        "long": [
            blob(
                [(0, -1), (-1.15, -0.3), (-1.3, 0.9), (-1.1, 1.7), (0, 1.45), (1.1, 1.7), (1.3, 0.9), (1.15, -0.3)],
                colour,
            )
        ],
        "bun": [oval(0, -1.25, 0.45, 0.4, colour)],
        "pigtails": [lock, *put([lock], 0, 0, 1, flip=True)],
    }
    return behind_of.get(style, []), [poly([*top, *smooth(fringe, closed=False)], colour)]


def _face(who: Character, mood: str, look: float) -> Shapes:
    """Draw eyes, brows, nose and mouth; `look` from -1 (left) to 1 (right)."""
    shift, shapes = look * 0.14, list[Shape]()
    for side in (-1, 1):
        x = side * 0.36 + shift
        if who.wide_eyed or who.species == "robot":
            shapes += [oval(x, 0.02, 0.23, 0.27, PAPER, width=2), oval(x + look * 0.09, 0.05, 0.1, 0.13, INK)]
        else:
            shapes.append(oval(x, 0.02, 0.07, 0.12, INK))
        rise = {"frown": side * -0.12, "oh": side * 0.06}.get(mood, 0.0)
        shapes.append(stroke([(x - 0.17, -0.38 - rise), (x + 0.17, -0.38 + rise)], INK, 3))
        if who.glasses:
            shapes.append(oval(x, 0.03, 0.31, 0.31, None))
    if who.glasses:
        shapes.append(stroke([(shift - 0.06, 0), (shift + 0.06, 0)], INK))
    snout = shift * 1.4
    if who.species in ("cat", "rabbit", "bear"):
        shapes += [oval(snout, 0.42, 0.34, 0.26, shade(who.skin, 1.5), None), oval(snout, 0.3, 0.11, 0.08, INK)]
    elif who.species == "person":
        shapes.append(curve([(snout, 0.1), (snout + 0.1, 0.28), (snout, 0.3)], INK, 2))
    mouth = {
        "smile": [curve([(snout - 0.26, 0.47), (snout, 0.6), (snout + 0.26, 0.47)])],
        "grin": [blob([(snout - 0.3, 0.45), (snout, 0.5), (snout + 0.3, 0.45), (snout, 0.76)], PAPER)],
        "flat": [stroke([(snout - 0.2, 0.55), (snout + 0.2, 0.55)])],
        "frown": [curve([(snout - 0.24, 0.62), (snout, 0.5), (snout + 0.24, 0.62)])],
        "oh": [oval(snout, 0.57, 0.12, 0.16, CLOTHS[0])],
    }
    return shapes + mouth[mood]


def _hat(who: Character) -> Shapes:
    """Draw the hat, if any."""
    colour, band = who.hat_colour, shade(who.hat_colour, 0.75)
    dome = poly([around(0, -0.3, 1.08, 0.95, turn) for turn in np.linspace(0.5, 1, 12)], colour)
    points = [(-0.7, -0.65), (-0.8, -1.4), (-0.35, -1.05), (0, -1.5), (0.35, -1.05), (0.8, -1.4), (0.7, -0.65)]
    hats: Mapping[str, Shapes] = {
        "beanie": [oval(0, -1.3, 0.2, 0.2, PAPER), dome, box(-1.12, -0.5, 1.12, -0.22, band)],
        "cap": [dome, blob([(0.3, -0.42), (1.7, -0.35), (1.75, -0.22), (0.3, -0.2)], band)],
        "topper": [
            box(-0.62, -1.75, 0.62, -0.6, colour),
            box(-0.62, -0.9, 0.62, -0.7, PAPER),
            box(-1.1, -0.72, 1.1, -0.55, band),
        ],
        "witch": [poly([(-0.75, -0.6), (0.25, -2.1), (0.75, -0.6)], colour), oval(0, -0.58, 1.4, 0.22, band)],
        "crown": [poly(points, CLOTHS[1])],
    }
    return hats.get(who.hat, [])


def figure(actor: Actor) -> Shapes:
    """Draw someone from head to foot."""
    who, pose = actor.character, actor.pose
    cloth, build = who.cloth, who.build
    shapes: Shapes = []

    def joint(start: Point, side: int, angle: float, length: float) -> Point:
        turn = math.radians(angle)
        return start[0] + side * length * math.sin(turn), start[1] + length * math.cos(turn)

    for side, (upper, lower) in zip((-1, 1), pose.legs, strict=True):
        hip = (side * 0.06 * build, -0.34)
        knee = joint(hip, side, upper, 0.16)
        foot = joint(knee, side, lower, 0.15)
        shapes.append(limb([hip, knee, foot], 0.042 * build, who.skin if who.garment == "dress" else who.trousers))
        shapes.append(oval(foot[0] + side * 0.03, foot[1], 0.065, 0.035, shade(who.trousers, 0.5)))
    shoulder = 0.11 * build
    hem, low = (0.23 * build, -0.17) if who.garment in ("dress", "coat") else (0.13 * build, -0.3)
    shapes.append(poly([(-shoulder, -0.6), (shoulder, -0.6), (hem, low), (-hem, low)], cloth))
    if who.garment == "stripes":
        shapes += [stroke([(-shoulder, y), (shoulder, y)], shade(cloth, 0.55), 5) for y in (-0.5, -0.42, -0.35)]
    elif who.garment == "coat":
        shapes += [stroke([(0, -0.6), (0, -0.17)]), *(oval(0.03, y, 0.012, 0.012, INK) for y in (-0.5, -0.4, -0.3))]
    elif who.garment == "overall":
        straps = [stroke([(s * 0.07, -0.5), (s * 0.09, -0.6)], who.trousers, 6) for s in (-1, 1)]
        shapes += [box(-0.07, -0.5, 0.07, -0.3, who.trousers), *straps]
    hands: list[Point] = []
    for side, (upper, lower) in zip((-1, 1), pose.arms, strict=True):
        start = (side * shoulder * 0.95, -0.565)
        elbow = joint(start, side, upper, 0.14)
        hand = joint(elbow, side, lower, 0.13)
        shapes += [limb([start, elbow, hand], 0.034 * build, cloth), oval(*hand, 0.035, 0.035, who.skin)]
        hands.append(hand)
    shapes += put(_held(pose.held, who.hat_colour), *hands[1], 1)
    shapes += put(head(who, pose.mood, pose.look), 0, -0.78, 0.185, turn=pose.lean)
    return put(shapes, actor.x, actor.y, actor.height, flip=actor.flip, turn=pose.lean)


def _held(thing: str, colour: Colour) -> Shapes:
    """Draw what a hand at (0, 0) holds."""
    canopy = smooth([(-0.3, -0.38), (-0.2, -0.54), (0, -0.6), (0.2, -0.54), (0.3, -0.38)], closed=False)
    things: Mapping[str, Shapes] = {
        "balloon": [curve([(0, 0), (0.04, -0.2), (0, -0.38)], INK, 2), oval(0, -0.5, 0.11, 0.14, colour)],
        "umbrella": [
            stroke([(0, 0.05), (0, -0.5)], INK, 4),
            poly([*canopy, (0.15, -0.43), (0, -0.38), (-0.15, -0.43)], colour),
        ],
        "lantern": [
            stroke([(0, 0), (0, 0.06)]),
            box(-0.05, 0.06, 0.05, 0.18, CLOTHS[9]),
            box(-0.06, 0.04, 0.06, 0.07, INK),
        ],
        "flag": [stroke([(0, 0.08), (0, -0.4)], INK, 4), poly([(0, -0.4), (0.28, -0.32), (0, -0.22)], colour)],
    }
    return things.get(thing, [])
