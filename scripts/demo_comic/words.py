"""Words: what is said in the comic, and where its letters stand."""

from dataclasses import replace
from random import Random

from demo_comic.colours import CLOTHS, PAPER
from demo_comic.drawings import Caption, Drawing

PEOPLE = ("Nell", "Otto", "Mabel", "Ravi", "Ines", "Bo", "Yuki", "Tam", "Lola", "Finn", "Ada", "Goran", "Pia", "Sol")
THINGS = ("kettle", "ladder", "left shoe", "moon", "map", "piano", "last biscuit", "wrong hat", "key", "parrot", "soup")
PLACES = ("harbour", "attic", "bakery", "old mill", "tunnel", "market", "tower", "shed", "library", "ferry", "cellar")
LINES = (
    "Meanwhile, at the {place}...",
    "{number} days later.",
    "Who moved the {thing}?",
    "It was never about the {thing}, {person}.",
    "{person} had been here before.",
    "Bring the {thing} to the {place}!",
    "I dreamt of a {thing}.",
    "Is that my {thing}?",
    "{person}! Not the {thing}!",
    "We could always ask {person}.",
    "{number} steps to the {place}.",
    "Nobody told {person}.",
    "That night the {place} was quiet.",
    "So this is the {place}.",
    "Quick, hide the {thing}.",
    "Have you met {person}?",
)


def sentence(rng: Random) -> str:
    """Say something that might be said in this comic."""
    return rng.choice(LINES).format(
        person=rng.choice(PEOPLE), thing=rng.choice(THINGS), place=rng.choice(PLACES), number=rng.randint(3, 99)
    )


def say(rng: Random, drawing: Drawing) -> Drawing:
    """Say something, in a balloon where there is someone to say it, instead of what was said before."""
    words = sentence(rng)
    if drawing.actors and rng.random() < 0.6:
        actor = rng.choice(drawing.actors)
        x = min(500.0, max(150.0, actor.x + rng.choice((-1, 1)) * rng.uniform(70, 130)))
        said = Caption(words, x, rng.uniform(48, 70), tail=(actor.x, max(actor.y - actor.height, 120)))
    else:
        x, y = rng.choice([(150, 45), (500, 45), (325, 45), (500, 410), (150, 410)])
        said = Caption(words, x, y, ground=rng.choice([PAPER, CLOTHS[9], CLOTHS[12]]))
    return replace(drawing, captions=(said,))
