"""Panels in JSON: an answer that is JSON, or a script in a page that holds it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup

# What is raised of JSON, or by a path through it, that is malformed, nested too deeply, or has a number too long.
UNREADABLE = (ValueError, RecursionError)

BEGINS = re.compile(r'\{(?=\s*["}])|\[(?=\s*(?:["\[{\]0-9-]|true|false|null))')

# Trials are counted in characters that were read, so that what looks like JSON all over costs no more than it.
MOST_READ = 20_000_000
COST_OF_A_TRIAL, COST_OF_DEPTH = 100, 5000

# What a script may write otherwise than JSON: strings in single quotes, names without any, comments, a last comma.
AS_IN_SCRIPTS = re.compile(
    r""""(?:[^"\\]|\\.?)*+(?:"|\Z)|'(?P<text>(?:[^'\\]|\\.?)*+)(?:'|\Z)|(?P<none>//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[\]}]))|"""
    r"""(?<![\w$])(?P<name>[A-Za-z_$][\w$]*+)(?=\s*:)""",
    re.DOTALL,
)


ESCAPED = re.compile(r'\\.|"', re.DOTALL)


def is_path(selector: str | None) -> bool:
    """Tell whether a selector is a JSONPath."""
    return bool(selector) and str(selector).startswith("$")


def script_texts(page: BeautifulSoup, selector: str) -> list[str]:
    """Return what the scripts that fit a selector hold."""
    return [element.get_text() for element in page.select(selector)]


def as_json(script: str) -> str:
    """Return a script with its values written as JSON has them.

    >>> as_json("var pages = ['a.png', {url: 'b.png',}];")
    'var pages = ["a.png", {"url": "b.png"}];'
    """

    def written(found: re.Match[str]) -> str:
        if found["text"] is not None:
            return '"' + ESCAPED.sub(lambda sign: {"\\'": "'", '"': '\\"'}.get(sign[0], sign[0]), found["text"]) + '"'
        return f'"{found["name"]}"' if found["name"] else "" if found["none"] else found[0]

    return AS_IN_SCRIPTS.sub(written, script)


def read_json(text: str) -> Any:
    """Return the value in a text that is JSON, or the longest that a script holds.

    Raises one of `UNREADABLE` if there is none.
    """
    decoder, best, longest, place, read = json.JSONDecoder(), None, 0, 0, 0
    while read < MOST_READ:
        begins = BEGINS.search(text, place)
        if not begins:
            break
        place = begins.start()
        try:
            found, end = decoder.raw_decode(text, place)
        except UNREADABLE as error:
            # An error of the decoder counts the lines up to it.
            failed = error.pos if isinstance(error, json.JSONDecodeError) else place + COST_OF_DEPTH
            read += COST_OF_A_TRIAL + failed - place + failed // 20
            place += 1
            continue
        if end - place > longest:
            best, longest = found, end - place
        place = end
    if not longest:
        raise ValueError("no JSON")
    return best


def strings_in(found: Any) -> Iterator[str]:
    """Give the text that a path leads to, or those of a list, and of lists in it."""
    if isinstance(found, str):
        # JSON can spell a lone surrogate, which no file could hold.
        yield found.encode("utf-8", "replace").decode()
    for one in found if isinstance(found, list) else ():
        yield from strings_in(one)


def find_texts(found: Any, path: str, most: int) -> list[str]:
    """Return the texts to which a path leads, `most` at most. Raises one of `UNREADABLE`."""
    import jsonpath  # most comics have no use for it

    texts: list[str] = []
    try:
        for match in jsonpath.finditer(path, found):
            texts += strings_in(match.obj)
            if len(texts) >= most:
                break
    except jsonpath.JSONPathError as error:
        raise ValueError(str(error)) from None
    return texts[:most]


def check_path(path: str) -> None:
    """Raise `ValueError` for what is no JSONPath."""
    import jsonpath

    try:
        jsonpath.compile(path)
    except jsonpath.JSONPathError as error:
        raise ValueError(str(error)) from None
