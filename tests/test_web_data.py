"""Panels in JSON."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprise.web.data import UNREADABLE, as_json, check_path, find_texts, read_json
from reprise.web.settings import Web
from sites import Server, body, download, picture, settings, statuses

pytestmark = pytest.mark.usefixtures("own_folder")


def over(site: Server, panels: str, **changes: object) -> Web:
    return replace(settings(site), panels=panels, **changes)  # type: ignore[arg-type]


def test_a_page_may_be_json(site: Server) -> None:
    page = {"name": "No. 1", "assets": [{"url": "/a.gif"}, {"url": "b.gif"}, {"url": None}, {"url": "/a.gif"}]}
    site.replies |= {
        "/comic/001/": body(json.dumps(page), Content_Type="application/json"),
        "/a.gif": body(picture("GIF", 1)),
        "/comic/001/b.gif": body(picture("GIF", 2)),
    }
    found = download(over(site, "$.assets[*].url", title="$.name"))
    assert list(found["url"]) == [f"{site.address}/a.gif", f"{site.address}/comic/001/b.gif"]
    assert set(found["title"]) == {"No. 1"}
    assert set(found["status"]) == {"ok"}


@pytest.mark.parametrize("script", ["", "window.page = %s;", "\n var a = [1]; window['page'] = %s; go({page})"])
def test_a_script_in_a_page_may_hold_json(site: Server, script: str) -> None:
    data = json.dumps({"comic": {"pages": [{"image": "/a.gif", "alt": "</p>"}]}})
    held = script.replace("%s", data) or data
    page = f"<title>One</title><script>var x = [1]</script><script id=data>{held}</script>"
    site.replies |= {"/comic/001/": body(page), "/a.gif": body(picture("GIF"))}
    assert statuses(over(site, "$..image", script="#data")) == ["ok"]


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 1_000_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        "[" + "9" * 1_000_000 + "]",
        '{"image": "/a.gif"',
        "",
        "no JSON",
        '["\\ud800"]',
        "[" * 900 + "]" * 900,
    ],
)
def test_json_that_cannot_be_read_is_told_of(site: Server, bomb: str) -> None:
    site.replies["/comic/001/"] = body(bomb)
    site.replies["/comic/002/"] = body(f"<title>Two</title><script id=data>{bomb}</script>")
    assert statuses(over(site, "$..image"))[0].startswith(("refused: not readable as JSON", "no panels"))
    assert statuses(over(site, "$..image", script="#data"), 2, 2)[0].startswith("no panels")


def test_a_lone_surrogate_is_no_address_that_stops_the_run(site: Server) -> None:
    site.replies["/comic/001/"] = body('{"image": "/\\ud800.gif"}')
    assert statuses(over(site, "$..image"))[0] != "ok"


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("var pages = ['a.png', \"b.png\",];", ["a.png", "b.png"]),
        (
            "let x = {}, pages = {list: [/* don't */ {url: 'a.png', w: 3,}, // it's\n {url: 'b.png'}]}",
            ["a.png", "b.png"],
        ),
        ("p = [['it\\'s.png', 'say \\\"a\\\".png', 'a\"b.png', 'https:\\/\\/c.example\\/a.png']]", None),
    ],
)
def test_a_script_writes_values_as_scripts_do(script: str, found: list[str] | None) -> None:
    wanted = found or ["it's.png", 'say "a".png', 'a"b.png', "https://c.example/a.png"]
    assert [text for text in find_texts(read_json(as_json(script)), "$..*", 9) if "." in text][: len(wanted)] == wanted


def test_values_are_found_behind_much_else_in_a_script() -> None:
    functions = "function f(a) { return a[0] && { b: 1 } }; " * 1000
    assert read_json(functions + '{"pages": ["a.png"]}') == {"pages": ["a.png"]}


@pytest.mark.parametrize("sign", ["[", "{", "[1,", '"\\', "'\\", "/*", "a", ", ", '{"a":', "[[],"])
def test_a_script_costs_no_more_than_its_length(sign: str) -> None:
    """What is counted is what is read, not time: `read_json` gives up, and no pattern begins anew at each sign."""
    script = sign * 200_000
    with suppress(*UNREADABLE):
        read_json(as_json(script))


@pytest.mark.parametrize("path", ["$[", "$..", "$.a[?", "$."])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        check_path(path)


@given(st.text(max_size=50) | st.text("[]{}:,\"'0a ", max_size=50))
def test_no_text_stops_the_search(text: str) -> None:
    with suppress(*UNREADABLE):
        assert len(find_texts(read_json(text), "$..*", 5)) <= 5
