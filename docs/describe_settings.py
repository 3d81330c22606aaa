"""Write docs/configuration.md: every setting with its default, what it may hold, and what it is for.

All of it stands in config.yaml and its schema already; this lays it out as a page.

    PYTHONPATH=scripts:workflow .venv/bin/python docs/describe_settings.py
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from configuration import allowed

REPOSITORY = Path(__file__).parents[1]
CONFIG = REPOSITORY / "config.yaml"
SCHEMA = REPOSITORY / "workflow" / "schemas" / "config.schema.yaml"
PAGE = REPOSITORY / "docs" / "configuration.md"

OPENING = """# Settings

This page is made from [`config.yaml`](../config.yaml) and its [schema](../workflow/schemas/config.schema.yaml) by
`docs/describe_settings.py`. Change those, not this.

Put the settings that you change into a file of your own, `mine.yaml`, in the form of `config.yaml`, and lay it over the
defaults: `./run mine.yaml`. All settings are checked before any job starts.
"""


class Setting(NamedTuple):
    """One setting.

    Attributes:
        name: with its sections, as `match.threshold`.
        default: its value in config.yaml.
        may_hold: what it may hold, in words.
        comment: what stands above it in config.yaml; empty if it shares the comment of the setting before it.
    """

    name: str
    default: Any
    may_hold: str
    comment: str


class Section(NamedTuple):
    """Settings that stand together, the comment above them, and their name, as `comic.web`."""

    name: str
    comment: str
    settings: list[Setting]


def comment_above(lines: Sequence[str], line: int) -> str:
    """Return the comment that ends just above a line, as one paragraph; empty if there is none."""
    first = line
    while first > 0 and lines[first - 1].strip().startswith("# "):
        first -= 1
    return " ".join(text.strip().removeprefix("# ") for text in lines[first:line])


def leaves(name: str, default: Any, schema: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield the name, the default and what it may hold of a setting, or of each of a group on one line."""
    if "properties" in schema:
        for key, value in default.items():
            yield from leaves(f"{name}.{key}", value, schema["properties"][key])
    else:
        yield name, default, allowed({key: value for key, value in schema.items() if key != "description"})


def read_sections(config: str, schema: Mapping[str, Any]) -> Iterator[Section]:
    """Yield the sections of config.yaml in its order, those within a section after the settings that are its own."""
    lines = config.splitlines()

    def walk(
        node: yaml.MappingNode, name: str, comment: str, defaults: Any, schema: Mapping[str, Any]
    ) -> Iterator[Section]:
        section = Section(name, comment, [])
        within = []
        for key, value in node.value:
            called = f"{name}.{key.value}" if name else key.value
            above = comment_above(lines, key.start_mark.line)
            own = defaults[key.value], schema["properties"][key.value]
            if isinstance(value, yaml.MappingNode) and not value.flow_style:
                within.append(walk(value, called, above, *own))
            else:
                settings = leaves(called, *own)
                section.settings.append(Setting(*next(settings), above))
                section.settings.extend(Setting(*other, "") for other in settings)
        yield section
        for inner in within:
            yield from inner

    sections = walk(yaml.compose(config), "", "", yaml.safe_load(config), schema)
    return (section for section in sections if section.settings)


def escape(text: str) -> str:
    """Write text so that a table of Markdown shows it as it is; what stands between backticks is code."""
    parts = text.split("`")
    for number in range(0, len(parts), 2):
        for special in "\\*<":
            parts[number] = parts[number].replace(special, f"\\{special}")
    # A bar ends a column, even in code.
    return "`".join(parts).replace("|", "\\|")


def in_yaml(value: Any) -> str:
    """Write a value as it may stand in a YAML file."""
    return yaml.safe_dump(value, width=1000).removesuffix("\n").removesuffix("\n...")


def describe(config: str, schema: Mapping[str, Any]) -> str:
    """Return the page."""
    lines = [OPENING]
    for section in read_sections(config, schema):
        lines.append(f"## `{section.name}`\n")
        if section.comment:
            lines.append(f"{escape(section.comment)}\n")
        lines += ["| setting | default | it may hold | |", "| --- | --- | --- | --- |"]
        for setting in section.settings:
            default, words = f"`{in_yaml(setting.default)}`", setting.comment or "see above"
            cells = f"`{setting.name}`", *map(escape, (default, setting.may_hold, words))
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def describe_settings() -> str:
    """Return the page for the settings as they are in this repository."""
    return describe(CONFIG.read_text(encoding="utf-8"), yaml.safe_load(SCHEMA.read_text(encoding="utf-8")))


if __name__ == "__main__":
    PAGE.write_text(describe_settings(), encoding="utf-8")
