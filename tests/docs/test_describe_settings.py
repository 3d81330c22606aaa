"""The page of settings: current, whole, and shown as it was written."""

import re

import yaml

from describe_settings import CONFIG, PAGE, SCHEMA, describe, describe_settings, escape, read_sections
from test_configuration import CONFIG as DEFAULTS
from test_configuration import SHARES_A_COMMENT, leaves


def test_the_page_is_what_the_settings_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == describe_settings(), (
        "make it anew: PYTHONPATH=scripts:workflow .venv/bin/python docs/describe_settings.py"
    )


def test_every_setting_has_a_row_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([\w.]+)` \| `(.*?)` \|", describe_settings(), re.MULTILINE))
    assert {name: yaml.safe_load(default) for name, default in rows.items()} == dict(leaves(DEFAULTS))


def test_every_setting_has_its_comment_whole() -> None:
    config = CONFIG.read_text(encoding="utf-8")
    sections = list(read_sections(config, yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))))
    settings = [setting for section in sections for setting in section.settings]
    assert {setting.name for setting in settings if not setting.comment} == {
        *SHARES_A_COMMENT,
        "comic.demo.pages",
        "comic.demo.parts",
    }
    told = [text for section in sections for text in (section.comment, *(s.comment for s in section.settings)) if text]
    opening, _, rest = config.partition("\n\n")
    assert opening.startswith("# ")
    written = re.findall(r"(?:^ *# .*\n)+", rest, re.MULTILINE)
    assert sorted(told) == sorted(re.sub(r"\s*\n? *# ", " ", text).strip() for text in written)


def test_a_row_keeps_its_columns_whatever_a_comment_holds() -> None:
    config = "a:\n  # Either `x | y` or <b> | * of 'em.\n  key: x|y\n"
    schema = {"properties": {"a": {"properties": {"key": {"type": "string", "description": "a | b"}}}}}
    row = describe(config, schema).splitlines()[-1]
    assert row == r"| `a.key` | `x\|y` | text | Either `x \| y` or \<b> \| \* of 'em. |"


def test_what_stands_between_backticks_is_left_alone_but_for_the_bar() -> None:
    assert escape(r"2 * 3 `a * <b> \d` *") == r"2 \* 3 `a * <b> \d` \*"
