"""Check the settings before any job starts. A wrong one is told with what it holds and what it may hold."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError

from reprise.containers import UNREADABLE, is_archive
from reprise.corrections import CorrectionsError, read_lists
from reprise.entries import HIDDEN
from reprise.names import OF_IMAGE
from reprise.source import find_files, find_images

# What a schema's `type` is called in a message.
TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a section with keys of its own",
    "string": "text",
}


# The address of a page: http or https, the page's number once, perhaps zero-filled, and no other field.
PAGE_ADDRESS = re.compile(r"https?://[^{}\s]*\{page(:0?[0-9]{1,2}d)?\}[^{}\s]*")
ADDRESS = re.compile(r"https?://[^\s/]+\S*")

# The settings that name a table, and all that name a file or folder.
TABLES = (("match", "not_a_match"), ("match", "must_match"), ("evaluation", "labels"), ("evaluation", "ignore"))
PATHS = (("comic", "folder"), *TABLES)


# The files that hold a comic, by what they are mostly called.
COMIC_FILES = ".cbz, .zip, .cbr, .cb7, .cbt, .pdf or .epub"


# Snakemake takes these, in a name, for patterns.
PATTERNS = frozenset("{}<>")


# The thresholds that each rule of `match.by` has.
THRESHOLDS = {
    "dice": ("threshold",),
    "edges": ("edge_bits",),
    "scaled": ("edge_bits", "edge_share"),
    "either": ("edge_bits", "hash_bits"),
}


class ConfigurationError(Exception):
    """One or more settings cannot be used; the message has a line for each."""


def allowed(schema: Mapping[str, Any]) -> str:
    """Say in words what a setting may hold."""
    if "enum" in schema:
        return " or ".join("null" if value is None else str(value) for value in schema["enum"])
    types = schema.get("type", "string")
    words = " or ".join(TYPES[name] for name in ([types] if isinstance(types, str) else types))
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        words += f" above {schema['exclusiveMinimum']}"
    elif low is not None:
        words += f" from {low}"
    if high is not None:
        words += f" to {high}" if low is not None else f" and at most {high}"
    if "description" in schema and "properties" not in schema:
        words += f" ({schema['description']})"
    return words


def shown(value: Any) -> str:
    """Write a value as it stands in a YAML file: null, not None."""
    return repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def did_you_mean(word: str, known: Iterable[str], prefix: str = "") -> str:
    """Ask whether the known word that is most like this one was meant, with a prefix; empty if none is like it."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"did you mean {prefix}{near[0]}?" if near else ""


def beside(path: Path) -> list[str]:
    """Return the names of what is in the folder in which a path was looked for."""
    try:
        return sorted(found.name for found in path.parent.iterdir())
    except (OSError, ValueError):
        return []


def schema_lines(error: ValidationError) -> Iterator[str]:
    """Say in one line what breaks the schema; unknown and missing keys have a line each."""
    section = ".".join(map(str, error.absolute_path))
    prefix = f"{section}." if section else ""
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        for key in sorted(set(map(str, error.instance)) - set(known)):
            hint = did_you_mean(key, known, prefix) or f"the keys here are {', '.join(known)}"
            yield f"{prefix}{key}: there is no such setting; {hint}"
    elif error.validator == "required":
        for key in error.validator_value:
            if key not in error.instance:
                yield f"{prefix}{key}: is missing; it may hold {allowed(error.schema['properties'][key])}"
    else:
        yield f"{section}: holds {shown(error.instance)}; it may hold {allowed(error.schema)}"


def value_lines(config: Mapping[str, Any], places: Sequence[Path]) -> Iterator[str]:
    """Say which settings, each of the right kind, do not go with each other, or with the files that they name."""
    comic = config["comic"]
    if comic["source"] is None:
        yield "comic.source: holds null, with both comic.folder and comic.web.url set; it may hold folder or web"
    if comic["page_pattern"] is not None:
        yield from pattern_lines(comic["page_pattern"])
    if comic["source"] == "folder":
        yield from folder_lines(comic["folder"], places)
    if comic["source"] == "web":
        yield from web_lines(comic["web"], places)
    yield from match_lines(config["match"], config["compare"])
    searched = config["match"]["by"] == "dice" and config["match"]["search"] != "plain"
    if config["fingerprint"]["panels"] == "cut" and not searched:
        yield (
            "fingerprint.panels: holds cut; with match.search plain, or match.by other than dice, it may hold auto or "
            "whole (panels of pages are only compared where drawings are searched for)"
        )
    if config["study"]["least_k"] > config["study"]["most_k"]:
        least, most = config["study"]["least_k"], config["study"]["most_k"]
        yield f"study.least_k: holds {least}; it may hold a number from 1 to study.most_k ({most})"
    yield from table_lines(config, places)


def pattern_lines(pattern: str) -> Iterator[str]:
    """Say what is wrong with the pattern that finds pages in names."""
    try:
        groups = re.compile(pattern).groupindex
    except (re.error, OverflowError, RecursionError) as error:
        yield f"comic.page_pattern: holds {pattern!r}, no regular expression: {error}"
    else:
        if groups.keys().isdisjoint({"page", "date"}):
            yield f"comic.page_pattern: holds {pattern!r}; it needs a group (?P<page>...) or (?P<date>...)"


def table_lines(config: Mapping[str, Any], places: Sequence[Path]) -> Iterator[str]:
    """Say which tables are not there that settings name, and what is wrong with the lists that correct matches."""
    paths = {f"{section}.{key}": config[section][key] for section, key in TABLES}
    for name, path in paths.items():
        if path is not None and not PATTERNS.isdisjoint(path):
            yield f"{name}: holds {path!r}; Snakemake reads {{ }} < > in the name of a table as patterns: rename it"
    lost = [name for name, path in paths.items() if path is not None and not is_file(places[0], path)]
    for name in lost:
        where = looked_for(paths[name], places)
        near = did_you_mean(Path(paths[name]).name, beside(places[0] / paths[name]))
        hint = near or "it may hold null or the path of a CSV"
        yield f"{name}: holds {paths[name]!r}, which is no file{where}; {hint}"
    if not lost:
        try:
            read_lists(paths["match.not_a_match"], paths["match.must_match"], places[0])
        except CorrectionsError as error:
            yield str(error)


def match_lines(match: Mapping[str, Any], compare: Mapping[str, Any]) -> Iterator[str]:
    """Say which threshold in use lies beyond what the comparison keeps."""
    lowest = round(1 - compare["ceiling"], 9)
    if match["by"] == "dice" and match["threshold"] < lowest:
        yield (
            f"match.threshold: holds {match['threshold']}; with compare.ceiling at {compare['ceiling']} it may hold a "
            f"number from {lowest} to 1 (pairs less alike are not kept; a higher compare.ceiling keeps them)"
        )
    for key in ("edge_bits", "hash_bits"):
        # In a match fewer bits than the threshold differ. So the threshold may be one more than the bits that are kept.
        if key in THRESHOLDS[match["by"]] and match[key] > compare[key] + 1:
            yield (
                f"match.{key}: holds {match[key]}; with compare.{key} at {compare[key]} it may hold a number from 1 to "
                f"{compare[key] + 1} (pairs further apart are not kept; a higher compare.{key} keeps them)"
            )


def match_rule(match: Mapping[str, Any]) -> str:
    """Say in words what makes two panels match."""
    measure = "score" if match["search"] != "plain" else "Dice coefficient"
    edges = f"fewer than {match['edge_bits']:,} of 10,000 edge pixels that differ"
    return {
        "dice": f"a {measure} of {match['threshold']:g} or more",
        "edges": edges,
        "scaled": f"{edges}, and fewer than {match['edge_share']:g} of the edge pixels of each",
        "either": f"{edges}, or fewer than {match['hash_bits']} of 64 bits of their hashes",
    }[match["by"]]


def folder_lines(folder: str | None, places: Sequence[Path]) -> Iterator[str]:
    """Say what is wrong with the folder or archive that should hold the panels."""
    hint = f"it may hold a directory, or a {COMIC_FILES} file, with images in it"
    if folder is None:
        yield f"comic.folder: holds null with comic.source at folder; {hint}"
        return
    source = places[0] / folder
    try:
        if not source.is_dir() and not (source.is_file() and is_archive(source)):
            no_comic = f"which is neither a folder nor a {COMIC_FILES} file"
            reason = no_comic if source.exists() else f"which is not there{looked_for(folder, places)}"
            near = "" if source.exists() else did_you_mean(source.name, beside(source))
            yield f"comic.folder: holds {folder!r}, {reason}; {near or hint}"
        else:
            found = find_images(source) if is_archive(source) else find_files(source)
            if not found.images and not found.containers:
                telling = sorted(found.passed_over, key=lambda one: one[1] == HIDDEN)[:1]
                but = "".join(f", only {name}, passed over: {why}" for name, why in telling)
                yield f"comic.folder: holds {folder!r}, in which there is no image{but}; {hint}"
    except (ValueError, *UNREADABLE) as error:
        reason = getattr(error, "strerror", None) or str(error)
        yield f"comic.folder: holds {folder!r}, which cannot be read: {reason}; {hint}"


def looked_for(path: str, places: Sequence[Path]) -> str:
    """Say in which folders a relative path was looked for."""
    return "" if Path(path).is_absolute() else f" (looked for in {' and in '.join(map(str, places))})"


def is_there(path: Path) -> bool:
    """Tell whether there is anything at a path, which may be one that no system can have."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_file(directory: Path, path: str) -> bool:
    """Tell whether there is a file at a path, which may be one that no system can have."""
    try:
        return (directory / path).is_file()
    except (OSError, ValueError):
        return False


def ways_to_pages(web: Mapping[str, Any]) -> dict[str, Any]:
    """Return those settings of a web comic that say where its pages are; one is to be set."""
    ways = {"url": web["url"], "start": web["start"], "archive.url": web["archive"]["url"], "list": web["list"]}
    return {key: value for key, value in ways.items() if value}


def web_lines(web: Mapping[str, Any], places: Sequence[Path]) -> Iterator[str]:
    """Say what is wrong with the settings of a web comic."""
    ways = ways_to_pages(web)
    templates = [web["url"]] if isinstance(web["url"], str) else web["url"] or []
    if len(ways) > 1:
        one, other, *_ = ways
        yield f"comic.web.{one}: is set, and so is comic.web.{other}; only one of them says where pages are"
    if not ways or not all(map(PAGE_ADDRESS.fullmatch, templates)):
        yield f"comic.web.url: holds {shown(web['url'])}; it may hold an http or https address with {{page}} in it"
    for key in ("start", "archive.url"):
        if key in ways and not ADDRESS.fullmatch(ways[key]):
            yield f"comic.web.{key}: holds {shown(ways[key])}; it may hold an http or https address"
    if "list" in ways:
        if not PATTERNS.isdisjoint(web["list"]):
            yield f"comic.web.list: holds {web['list']!r}; Snakemake reads {{ }} < > in its name as patterns: rename it"
        elif not is_file(places[0], web["list"]):
            where = looked_for(web["list"], places)
            yield f"comic.web.list: holds {web['list']!r}, which is no file{where}; it may hold an address a line"
    yield from selector_lines(web, bool(templates) and all(map(OF_IMAGE.search, templates)))
    if web["last"] is None and (templates or not ways):
        yield "comic.web.last: holds null; it may hold the number of the last page"
    elif web["last"] is not None and web["first"] > web["last"]:
        yield f"comic.web.first: holds {web['first']}; it may hold a number from 0 to comic.web.last ({web['last']})"


def selector_lines(web: Mapping[str, Any], of_images: bool) -> Iterator[str]:
    """Say which selector is none; where all addresses are `of_images`, no panels need be looked for."""
    import soupsieve  # a comic of any other source has no selectors to wait for

    from reprise.web.data import check_path, is_path

    found = {"next": web["next"], "archive.links": web["archive"]["links"], "script": web["script"]}
    found |= {"panels": web["panels"] or (None if of_images else ""), "title": web["title"]}
    examples = {"panels": "img.panel", "title": "h1, or null", "next": "a.next, or null", "script": "#data, or null"}
    for key, selector in found.items():
        try:
            if selector is not None and is_path(selector) and key != "script":
                check_path(selector)
            elif selector is not None:
                soupsieve.compile(selector)
        except soupsieve.SelectorSyntaxError:
            example = examples.get(key, ".archive a, or null")
            held = shown(selector or None)
            yield f"comic.web.{key}: holds {held}; it may hold a CSS selector, as {example}"
        except ValueError as error:
            why = " ".join(str(error).split())
            yield f"comic.web.{key}: holds {shown(selector)}, no JSONPath: {why}; it may hold one as $.pages[*].image"


def canonical(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return settings in the one form that jobs get: keys in the order of the schema, numbers as its types say.

    On the command line Snakemake takes all within a section for text (`--config match="{threshold: 0.6}"`). Where the
    schema asks for something else, the text is read as YAML. What is of the wrong kind is left for the check to find.
    """
    if "properties" in schema and isinstance(value, Mapping):
        known = {key: canonical(value[key], schema["properties"][key]) for key in schema["properties"] if key in value}
        return known | {key: value[key] for key in value if key not in known}
    types = schema.get("type", "string")
    (kind, *_) = [types] if isinstance(types, str) else types
    if isinstance(value, str) and kind in ("number", "integer", "boolean"):
        with suppress(yaml.YAMLError, ValueError):
            value = yaml.safe_load(value)
    if isinstance(schema.get("additionalProperties"), Mapping) and isinstance(value, Mapping):
        # Values that are all text to a server, given in any order: {over18: 1}.
        return {key: str(value[key]) if type(value[key]) is int else value[key] for key in sorted(value, key=str)}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if kind == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    if kind == "number" and isinstance(value, int) and not isinstance(value, bool):
        with suppress(OverflowError):
            return float(value)
    return value


def found_path(path: str, places: Sequence[Path]) -> str:
    """Return a path with `~` spelled out. A relative path is looked for in one place after the other."""
    with suppress(RuntimeError):  # there is no such user: the path is left as it is, to be told of as not there
        path = str(Path(path).expanduser()) if path.startswith("~") else path
    if Path(path).is_absolute() or is_there(places[0] / path):
        return path
    return next((str(place / path) for place in places if is_there(place / path)), path)


def find_comic(config: Mapping[str, Any], places: Sequence[Path]) -> dict[str, Any]:
    """Return the settings with each path as it was found, and the source that is meant where none is named."""
    settings = {section: dict(values) for section, values in config.items()}
    for section, key in PATHS:
        if settings[section][key] is not None:
            settings[section][key] = found_path(settings[section][key], places)
    comic = settings["comic"]
    if comic["web"]["list"] is not None:
        comic["web"] = comic["web"] | {"list": found_path(comic["web"]["list"], places)}
    if comic["source"] is None:
        given = [name for name, value in (("folder", comic["folder"]), ("web", ways_to_pages(comic["web"]))) if value]
        comic["source"] = (given or ["demo"])[0] if len(given) < 2 else None
    return settings


def check_configuration(
    config: Mapping[str, Any], schema: Path, directory: Path, files: Sequence[Path] = ()
) -> dict[str, Any]:
    """Check all settings against the schema, each other, and the files they name.

    Args:
        config: the settings. schema: the file that says what each may hold. directory: to which their paths are
        relative. files: the files with the reader's settings; a path that is not there below `directory` is looked for
        beside these.

    Returns:
        The settings in canonical form, with paths as they were found.

    Raises:
        ConfigurationError: with one line for each setting that cannot be used.
    """
    kinds = yaml.safe_load(schema.read_text(encoding="utf-8"))
    settings = canonical(config, kinds)
    lines = [line for error in Draft202012Validator(kinds).iter_errors(settings) for line in schema_lines(error)]
    if not lines:
        places = list(dict.fromkeys([directory, *(file.parent for file in files)]))
        settings = find_comic(settings, places)
        lines = list(value_lines(settings, places))
    if lines:
        # A value of the wrong type breaks more than one rule of its schema, and is told of once.
        raise ConfigurationError("\n".join(dict.fromkeys(lines)))
    return dict(settings)
