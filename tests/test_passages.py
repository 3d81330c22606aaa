"""Drawings that come back together are found, whatever the order in which their returns are told."""

from collections.abc import Mapping
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from reprise.passages import LEAST, MOST_BETWEEN, Return, find_passages


def parallel(earlier: int, later: int, drawings: int) -> list[Return]:
    return [(earlier + step, later + step) for step in range(drawings)]


def each_its_own(matches: list[Return]) -> dict[int, int]:
    """Put the two panels of each match into a cluster of their own."""
    return {panel: number for number, ends in enumerate(matches) for panel in ends}


def test_a_flashback_is_one_passage_and_other_returns_are_none() -> None:
    flashback = parallel(10, 200, 10)
    others = [(30, 90), (31, 92), (33, 150), (40, 100), (41, 101)]
    assert find_passages([*others, *flashback], each_its_own([*others, *flashback])) == [flashback]


def test_a_few_panels_between_may_be_missing() -> None:
    near = [(1, 101), (2 + MOST_BETWEEN, 102 + MOST_BETWEEN), (3 + MOST_BETWEEN, 103 + MOST_BETWEEN)]
    far = [(1, 101), (3 + MOST_BETWEEN, 103 + MOST_BETWEEN), (4 + MOST_BETWEEN, 104 + MOST_BETWEEN)]
    assert find_passages(near, each_its_own(near)) == [near]
    assert find_passages(far, each_its_own(far)) == []


def test_one_drawing_that_is_held_is_no_passage() -> None:
    """Nor is a scene that changes between two."""
    assert find_passages(combinations(range(12), 2), dict.fromkeys(range(12), 1)) == []
    in_turns = [(a, b) for a, b in combinations(range(12), 2) if a % 2 == b % 2]
    assert find_passages(in_turns, {place: place % 2 for place in range(12)}) == []


def test_three_drawings_in_turns_come_back_after_each_round() -> None:
    in_turns = [(a, b) for a, b in combinations(range(9), 2) if a % 3 == b % 3]
    rounds = find_passages(in_turns, {place: place % 3 for place in range(9)})
    assert rounds == [parallel(0, 3, 3), parallel(3, 6, 3)]


def test_what_comes_back_twice_is_told_from_the_time_before() -> None:
    story = [*parallel(0, 50, 4), *parallel(0, 90, 4), *parallel(50, 90, 4)]
    drawing = {start + step: step for start in (0, 50, 90) for step in range(4)}
    assert find_passages(story, drawing) == [parallel(50, 90, 4), parallel(0, 50, 4)]


def slowly(matches: set[Return], cluster_of: Mapping[int, int]) -> list[list[Return]]:
    """Walk along the story for each offset; then take the best that is left, again and again."""
    runs: list[list[Return]] = []
    for offset in range(1, 60):
        run: list[Return] = []
        for place in range(60):
            if (place, place + offset) in matches:
                if run and (place - run[-1][0] - 1 > MOST_BETWEEN or place >= run[0][1]):
                    runs.append(run)
                    run = []
                run = [*run, (place, place + offset)]
        runs.append(run)
    runs = [run for run in runs if len({cluster_of[b] for _, b in run}) >= LEAST]
    found: list[list[Return]] = []
    while runs:
        best = min(runs, key=lambda run: (-len(run), run[0][1] - run[0][0], run[0][0]))
        runs.remove(best)
        told = [b for passage in found for _, b in passage]
        rest = [(a, b) for a, b in best if b not in told]
        if len({cluster_of[b] for _, b in rest}) >= LEAST:
            found.append(rest)
    return sorted(found, key=lambda run: (-len(run), run[0][1] - run[0][0], run[0][0]))


@given(
    st.lists(st.integers(0, 7), min_size=2, max_size=40),
    st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39), st.integers(2, 9)), max_size=4),
    st.randoms(use_true_random=False),
)
def test_passages_are_those_of_the_definition(drawings, copied, random) -> None:  # type: ignore[no-untyped-def]
    """A story of few drawings, some parts of which are told again later; not all of the matches are found."""
    for source, target, length in copied:
        drawings[target:target] = drawings[source : source + length]
    drawings = drawings[:60]
    cluster_of = dict(enumerate(drawings))
    all_matches = [(a, b) for a, b in combinations(range(len(drawings)), 2) if drawings[a] == drawings[b]]
    matches = [match for match in all_matches if random.random() < 0.9]
    shuffled = random.sample(matches, len(matches))
    assert find_passages(shuffled, cluster_of) == slowly(set(matches), cluster_of)
