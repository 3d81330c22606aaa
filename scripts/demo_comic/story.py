"""Story: what is on which page, and the panels drawn from that."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from demo_comic.characters import draw_character
from demo_comic.drawings import Cast, Drawing
from demo_comic.marks import generator
from demo_comic.pictures import encode
from demo_comic.scenes import draw_scene
from demo_comic.transformations import TRANSFORMATIONS, relight, reworded
from demo_comic.traps import TRAPS, draw_trap

REUSED, TRAPPED = 0.4, 0.12
"""The shares of the panels that take part in a reuse, and that are traps."""

FARTHEST = 200
"""The most pages between a drawing and its return."""


@dataclass(frozen=True)
class Plan:
    """What a panel is to show: `first` is where the drawing that it uses again was seen first."""

    page: int
    count: int
    transformation: str = "single"
    first: tuple[int, int] | None = None
    cast_needed: bool = False


def plot_story(seed: int, pages: int) -> list[Plan]:
    """Decide what each panel shows, in page order; some page numbers are left out, as in real comics.

    A drawing that is reused comes back one to five times, 1 to `FARTHEST` pages later, more often near than far.
    """
    rng = generator(seed, "story")
    missing = set(rng.sample(range(2, pages), max(1, pages // 60))) if pages > 2 else set[int]()
    places = [
        (page, count)
        for page in range(1, pages + 1)
        if page not in missing
        for count in range(1, rng.choices((2, 3, 4), (82, 12, 6))[0])
    ]
    plans = {place: Plan(*place) for place in places}
    free, ways = set(places), _deck(rng, {name: share for name, (_, share) in TRANSFORMATIONS.items()})
    for first in rng.sample(places, len(places)):
        if len(places) - len(free) >= REUSED * len(places):
            break
        later = sorted(place for place in free if 1 <= place[0] - first[0] <= FARTHEST)
        returns = rng.choices((1, 2, 3, 4, 5), (40, 28, 16, 10, 6))[0]
        if first not in free or len(later) < returns:
            continue
        free.remove(first)
        names = [next(ways) for _ in range(returns)]
        plans[first] = Plan(*first, "original", cast_needed="swap" in names)
        for name in names:
            gap = math.exp(rng.uniform(0, math.log(later[-1][0] - first[0])))
            place = min(later, key=lambda place: abs(place[0] - first[0] - gap))
            later.remove(place)
            free.remove(place)
            plans[place] = Plan(*place, name, first)
    traps = _deck(rng, dict.fromkeys(TRAPS, 1))
    hidden = sorted(place for place in free if place[0] > 1)  # a comic opens with a picture
    for place in rng.sample(hidden, min(len(hidden), round(TRAPPED * len(places)))):
        plans[place] = Plan(*place, next(traps))
    return list(plans.values())


def _deck(rng: Random, shares: Mapping[str, int]) -> Iterator[str]:
    """Deal names without end, in random order but each as often as its share: no kind is left out by chance."""
    while True:
        cards = [name for name, share in shares.items() for _ in range(share)]
        rng.shuffle(cards)
        yield from cards


NO_DRAWING = Drawing([])


@dataclass(frozen=True)
class Panel:
    """A finished panel and the truth about it.

    `source` is the name of the panel whose drawing it uses again. `drawing` is the frame that the truth is about: the
    last one if a drawing comes back as that, else the first. Panels of pages that share parts have NO_DRAWING.
    """

    page: int
    count: int
    image: bytes
    extension: str
    cluster: int
    transformation: str
    source: str
    drawing: Drawing = NO_DRAWING

    @property
    def name(self) -> str:
        """The name by which tables call the panel."""
        return f"{self.page}_{self.count}"


@dataclass(frozen=True, eq=False)
class Original:
    """A drawing as it was first seen, kept for its returns."""

    cluster: int
    frames: Sequence[Drawing]
    extension: str


def draw_panels(story: Sequence[Plan], seed: int) -> Iterator[Panel]:
    """Draw the panels of a story, one after the other."""
    cast = [draw_character(generator(seed, "cast", number)) for number in range(14)]
    originals: dict[tuple[int, int], Original] = {}
    traps: set[bytes] = set()
    clusters = 0
    for plan in story:
        rng = generator(seed, plan.page, plan.count)
        extension, source = rng.choices(("gif", "png", "jpg"), (76, 14, 10))[0], ""
        if plan.first:
            original, source = originals[plan.first], f"{plan.first[0]}_{plan.first[1]}"
            cluster = original.cluster
            frames, extension = come_back(rng, plan.transformation, original, cast, extension)
        else:
            clusters += 1
            cluster = clusters
            if plan.transformation in TRAPS:
                frames = [draw_trap(rng, plan.transformation, traps)]
            else:
                frames = [draw_scene(rng, cast, plan.cast_needed)]
                if extension == "gif" and rng.random() < 0.2:
                    frames = animate(rng, frames[0], rng.randint(2, 4))
            if plan.transformation == "original":
                originals[plan.page, plan.count] = Original(cluster, frames, extension)
        image = encode(frames, extension)
        told_of = frames[-1 if plan.transformation == "frame" else 0]
        yield Panel(plan.page, plan.count, image, extension, cluster, plan.transformation, source, told_of)


def come_back(
    rng: Random, transformation: str, original: Original, cast: Cast, extension: str
) -> tuple[Sequence[Drawing], str]:
    """Give the frames in which a drawing comes back, and the format: `extension` if there is a choice."""
    if transformation == "exact" and rng.random() < 0.5:
        return original.frames, original.extension  # the same file; the other half is encoded anew
    drawing = reworded(rng, transformation, original.frames[0])
    again = TRANSFORMATIONS[transformation][0](rng, drawing, cast)
    if transformation == "frame":
        return [*animate(rng, draw_scene(rng, cast), rng.randint(1, 2)), again], "gif"
    return [again], extension


def animate(rng: Random, drawing: Drawing, frames: int) -> list[Drawing]:
    """Give a drawing and, as further frames, how it moves: lines that tremble, arms that wave, light that changes."""
    moving = [drawing]
    flashing = rng.random() < 0.25
    for _ in range(frames - 1):
        actors = []
        for actor in drawing.actors:
            arms = tuple(
                (upper + rng.uniform(-20, 20), lower + rng.uniform(-35, 35)) for upper, lower in actor.pose.arms
            )
            actors.append(replace(actor, pose=replace(actor.pose, arms=(arms[0], arms[1]))))
        frame = replace(drawing, actors=tuple(actors), hand=(rng.getrandbits(32), 1.5))
        moving.append(relight(rng, frame) if flashing and rng.random() < 0.5 else frame)
    return moving
