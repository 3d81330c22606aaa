"""The two lists by which readers correct what is found: pairs that are no match, and pairs that are one.

A list is a CSV with the columns `file_a` and `file_b`; it may have others. Files are named as in panels.csv. The
apostrophe that panels.csv puts before some names (reprise.tables) may be left out. In the list of pairs that are no
match, a row without `file_b` leaves the panel of `file_a` out altogether.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reprise.tables import escape, read_rows, unescape

COLUMNS = ("file_a", "file_b")

# So many are shown of the names that no panel has.
MOST_NAMES = 3

Pair = tuple[str, str]


class CorrectionsError(Exception):
    """A list cannot be used; the message is one line that names its setting."""


@dataclass(frozen=True)
class Corrections:
    """What the lists say of the panels of a comic, by their places in story order.

    Attributes:
        apart: pairs that are no match, the earlier panel first, each once, in order; and likewise
        together: pairs that match.
        left_out: panels that match nothing.
        warnings: a line for each list that names files that are no panels.
    """

    apart: Sequence[tuple[int, ...]] = ()
    together: Sequence[tuple[int, ...]] = ()
    left_out: Sequence[int] = ()
    warnings: Sequence[str] = ()


NO_CORRECTIONS = Corrections()


def csv_line(pair: Pair) -> str:
    """Write a pair as a line of a list, quoted where it has to be: a space after a comma is none of a name."""
    text = io.StringIO()
    spaced = any(name != name.strip() for name in pair)
    csv.writer(text, quoting=csv.QUOTE_ALL if spaced else csv.QUOTE_MINIMAL).writerow(map(escape, pair))
    return text.getvalue().removesuffix("\r\n")


def read_list(path: str | Path, leaves_out: bool) -> list[Pair]:
    """Read the pairs of a list, in its order. Only a list that `leaves_out` panels may have rows without a second file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no CSV in UTF-8, lacks a column or a file, or pairs a file with itself.
    """
    pairs = []
    # Spreadsheets put a mark before the first column, which utf-8-sig takes off.
    with open(path, encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines, restval="", strict=True, skipinitialspace=True)
        try:
            missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
            if missing:
                raise ValueError(f"lacks the {'columns' if len(missing) > 1 else 'column'} {' and '.join(missing)}")
            for row in rows:
                file_a, file_b = (unescape(row[column]) for column in COLUMNS)
                if not file_a or not (file_b or leaves_out):
                    raise ValueError(f"lacks {'file_b' if file_a else 'file_a'} in line {rows.line_num}")
                if file_a == file_b:
                    raise ValueError(f"pairs {file_a!r} with itself in line {rows.line_num}")
                pairs.append((file_a, file_b))
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"is no CSV in UTF-8: {error}") from None
    return pairs


def contradiction(apart: Iterable[Pair], together: Iterable[Pair]) -> Pair | None:
    """Return the first pair of `apart` whose panels `together` ties, be it through others.

    A panel that is left out, which is a pair without a second file, cannot be together with any.
    """
    group_of: dict[str, frozenset[str]] = {}
    for pair in together:
        group = frozenset(pair).union(*(group_of.get(file, ()) for file in pair))
        group_of |= dict.fromkeys(group, group)
    return next(((a, b) for a, b in apart if a in group_of and (not b or b in group_of[a])), None)


def read_lists(
    not_a_match: str | None, must_match: str | None, directory: str | Path = "."
) -> tuple[list[Pair], list[Pair]]:
    """Read the lists that two settings name, null or a path relative to `directory`.

    Raises:
        CorrectionsError: one cannot be read, or the two contradict each other.
    """
    lists = []
    for setting, path in (("not_a_match", not_a_match), ("must_match", must_match)):
        try:
            lists.append(read_list(Path(directory) / path, setting == "not_a_match") if path else [])
        except (OSError, ValueError) as error:
            reason = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else error
            raise CorrectionsError(
                f"match.{setting}: holds {path!r}, which {reason}; it may hold null or the path of a CSV whose "
                f"first line is {','.join(COLUMNS)}"
            ) from None
    apart, together = lists
    clash = contradiction(apart, together)
    if clash:
        a, b = clash
        what = f"{a!r} and {b!r} together, perhaps through others," if b else f"{a!r} together with another,"
        raise CorrectionsError(
            f"match.must_match: {must_match!r} puts {what} and match.not_a_match, {not_a_match!r}, "
            f"{'keeps them apart' if b else 'leaves it out'}; correct one of the two"
        )
    return apart, together


def find_places(pairs: Iterable[Pair], place_of: Mapping[str, int]) -> tuple[list[tuple[int, ...]], list[str]]:
    """Return the places of the panels of each pair, in order, each pair once; and of each that has a file without a
    place the first such file.
    """
    found, lost = set(), []
    for pair in pairs:
        files = [file for file in pair if file]
        unknown = [file for file in files if file not in place_of]
        if unknown:
            lost.append(unknown[0])
        else:
            found.add(tuple(sorted(place_of[file] for file in files)))
    return sorted(found), lost


def find_corrections(not_a_match: str | None, must_match: str | None, panels: str | Path) -> Corrections:
    """Read the lists and find their files among the `panels` (panels.csv) that could be read.

    Raises:
        CorrectionsError: as `read_lists`.
    """
    place_of = {row["file"]: place for place, row in enumerate(read_rows(panels)) if row["status"] == "ok"}
    found, warnings = [], []
    for path, pairs in zip((not_a_match, must_match), read_lists(not_a_match, must_match), strict=True):
        places, lost = find_places(pairs, place_of)
        found.append(places)
        if lost:
            rows = "1 row names a file that is" if len(lost) == 1 else f"{len(lost):,} rows name files that are"
            names = ", ".join(lost[:MOST_NAMES]) + (" and so on" if len(lost) > MOST_NAMES else "")
            warnings.append(f"{path}: {rows} not in this comic or could not be read: {names}")
    no_matches, matches = found
    return Corrections(
        apart=[places for places in no_matches if len(places) == 2],
        together=matches,
        left_out=[places[0] for places in no_matches if len(places) == 1],
        warnings=warnings,
    )
