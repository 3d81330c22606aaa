"""Panels in JSON: an answer that is JSON, or a script in a page that holds it."""

import json
import re
from typing import Any

from bs4 import BeautifulSoup

# What is raised of JSON, or by a path through it, that is malformed, nested too deeply, or has a number too long.
UNREADABLE = (ValueError, RecursionError)

BEGINS = re.compile(r"[\[{]")
MOST_TRIALS = 50


def is_path(selector: str | None) -> bool:
    """Tell whether a selector is a JSONPath."""
    return bool(selector) and str(selector).startswith("$")


def script_text(page: BeautifulSoup, selector: str) -> str:
    """Return what the script that fits a selector holds; empty if none does."""
    element = page.select_one(selector)
    return element.get_text() if element else ""


def read_json(text: str) -> Any:
    """Return the value in a text that is JSON, or the longest that a script holds among its first ones.

    Raises one of `UNREADABLE` if there is none.
    """
    decoder, best, longest, place = json.JSONDecoder(), None, 0, 0
    for _ in range(MOST_TRIALS):
        begins = BEGINS.search(text, place)
        if not begins:
            break
        place = begins.start()
        try:
            found, end = decoder.raw_decode(text, place)
        except UNREADABLE:
            place += 1
            continue
        if end - place > longest:
            best, longest = found, end - place
        place = end
    if not longest:
        raise ValueError("no JSON")
    return best


def find_texts(found: Any, path: str, most: int) -> list[str]:
    """Return the texts to which a path leads, `most` at most. Raises one of `UNREADABLE`."""
    import jsonpath  # most comics have no use for it

    texts: list[str] = []
    try:
        for match in jsonpath.finditer(path, found):
            if isinstance(match.obj, str):
                # JSON can spell a lone surrogate, which no file could hold.
                texts.append(match.obj.encode("utf-8", "replace").decode())
            if len(texts) == most:
                break
    except jsonpath.JSONPathError as error:
        raise ValueError(str(error)) from None
    return texts


def check_path(path: str) -> None:
    """Raise `ValueError` for what is no JSONPath."""
    import jsonpath

    try:
        jsonpath.compile(path)
    except jsonpath.JSONPathError as error:
        raise ValueError(str(error)) from None
