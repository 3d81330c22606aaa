"""How servers are asked: real ones on loopback, many of which misbehave."""

import gzip
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprise.web.demo_server import serve_folder
from reprise.web.page import (
    LONGEST_ADDRESS,
    MOST_PANELS,
)
from reprise.web.public import PrivateAddressError, public_addresses
from reprise.web.session import clean_text
from reprise.web.settings import Web
from sites import (
    ENDLESS,
    MANIFEST,
    STORE,
    Server,
    body,
    cut_off,
    download,
    endless,
    html,
    panel,
    picture,
    promise,
    redirect,
    settings,
    start_process,
    statuses,
    stored_images,
)

pytestmark = pytest.mark.usefixtures("own_folder")


def test_what_may_pass_is_tried_again(site: Server) -> None:
    site.replies |= {
        "/comic/001/": [body("", 500), body("", 500), body(html(panel("/a.gif"), panel("/b.gif"), panel("/c.gif")))],
        "/a.gif": [body("", 429, Retry_After="0"), body(picture("GIF"))],
        "/b.gif": [cut_off, body(picture("GIF"))],
        "/c.gif": [body("", 503, Retry_After="when I'm back"), body(picture("GIF"))],
    }
    assert statuses(replace(settings(site), retries=2)) == ["ok"] * 3
    assert site.counts == {"/comic/001/": 3, "/a.gif": 2, "/b.gif": 2, "/c.gif": 2}


def test_the_server_says_how_long_to_wait(site: Server) -> None:
    site.replies["/comic/001/"] = [body("", 429, Retry_After="1"), body(html())]
    assert statuses(replace(settings(site), retries=1)) == ["no panels"]
    (first, _), (second, _) = site.seen
    assert second - first >= 1


@given(st.text(st.sampled_from(" \n\u2028\0\x9dab狐"), max_size=30), st.integers(1, 20))
def test_cleaned_text_fits_a_line_of_a_table(text: str, most: int) -> None:
    clean = clean_text(text, most)
    assert len(clean) <= most
    assert clean.encode("utf-8").decode().splitlines() in ([], [clean])
    assert clean_text(clean, most) == clean


@pytest.mark.slow
def test_processes_share_one_rate(site: Server, tmp_path: Path) -> None:
    for page in range(1, 7):
        site.replies[f"/comic/{page:03d}/"] = redirect(f"/new/{page}") if page == 2 else body(html())
    site.replies["/new/2"] = [body("", 503), body(html())]
    interval = 0.2
    web = replace(settings(site), seconds_between_requests=interval, retries=1)
    jobs = [start_process(web, first, first + 2, tmp_path / "two") for first in (1, 4)]
    assert [job.wait() for job in jobs] == [0, 0]
    times = [when for when, _ in site.seen]
    # Six pages, one of them by a redirect that has to be tried twice.
    assert len(times) == 9
    assert min(later - earlier for earlier, later in pairwise(times)) > interval / 2
    assert times[-1] - times[0] > 8 * interval - interval / 2

    parts = [pd.read_csv(tmp_path / "two" / STORE / name) for name in ("1-3.csv", "4-6.csv")]
    download(settings(site), 1, 6)
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), pd.read_csv(MANIFEST))


@pytest.mark.slow
def test_four_jobs_keep_one_rate_at_the_server(site: Server, tmp_path: Path) -> None:
    for page in range(1, 13):
        site.replies[f"/comic/{page:03d}/"] = body(html(panel(f"/{page}.gif")))
        site.replies[f"/{page}.gif"] = body(picture("GIF", page))
    interval, burst = 0.2, 3  # a request that was long on its way is followed by others that were not
    web = replace(settings(site), seconds_between_requests=interval)
    jobs = [start_process(web, first, first + 2, tmp_path / "four") for first in (1, 4, 7, 10)]
    assert [job.wait() for job in jobs] == [0] * 4
    times = [when for when, _ in site.seen]
    assert len(times) == 24
    for first, since in enumerate(times):
        for last, until in enumerate(times[first:], start=first):
            assert last - first + 1 <= (until - since) / interval + burst


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "localhost",
    ],
)  # fmt: skip
def test_private_addresses_are_told_from_public_ones(host: str) -> None:
    with pytest.raises(PrivateAddressError, match=re.escape(host)):
        public_addresses(host)


@pytest.mark.parametrize("host", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111"])
def test_public_addresses_pass(host: str) -> None:
    public_addresses(host)


def test_no_page_leads_into_the_network_behind_the_reader(site: Server, other: Server) -> None:
    addresses = [
        f"{other.address}/secret.gif",
        f"http://localhost:{other.server_port}/secret.gif",
        f"http://localhost:{site.server_port}/another-name.gif",
        "/leads-away.gif",
        "/leads-further.gif",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a.gif",
        "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
        "javascript:alert(1)",
        "http://[not an address/",
        "http://127.0.0.1:99999/",
        "/leads-to-a-file.gif",
        "/leads-to-nonsense.gif",
        f"http://.{'a' * 70}.example/",
        "/" + "a" * LONGEST_ADDRESS,
    ]
    site.replies |= {
        "/comic/001/": body(html(*map(panel, addresses), "<img class=panel alt='no address'>")),
        "/comic/002/": redirect(f"{other.address}/secret.html"),
        "/leads-away.gif": redirect(f"{other.address}/secret.gif"),
        "/leads-further.gif": redirect("/leads-away.gif"),
        "/leads-to-a-file.gif": redirect("file:///etc/passwd"),
        "/leads-to-nonsense.gif": redirect("http://[x"),
    }
    other.replies["/secret.gif"] = body(picture("GIF"))
    other.replies["/secret.html"] = body(html(panel("/secret.gif")))

    manifest = download(settings(site), 1, 2)

    not_http = "refused: not an http(s) address"
    assert other.seen == []
    assert list(manifest["status"])[:6] == [
        "refused: 127.0.0.1 is not a public address",
        "refused: localhost is not a public address",
        "refused: localhost is not a public address",
        "refused: 127.0.0.1 is not a public address",
        "refused: 127.0.0.1 is not a public address",
        not_http,
    ]
    assert list(manifest["status"])[5:14] == [not_http] * 9
    assert manifest["status"][15] == not_http  # the page's own address, without one of an image
    assert manifest["status"][14].startswith("refused: an address of more than")
    assert manifest["status"][16] == "refused: 127.0.0.1 is not a public address"
    assert stored_images() == {}


def test_a_proxy_resolves_the_names_that_the_reader_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = ("http://images.invalid/a.gif", "http://10.0.0.1/a.gif")
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "1.html").write_text(html(*map(panel, images)))
    (folder / "a.gif").write_bytes(picture("GIF"))
    web = Web("http://comic.invalid/{page}.html", "img.wide", None, 0.0, 0, 5.0, "Reprise tests", 1.0)
    with serve_folder(folder) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        assert statuses(web) == ["ok", "refused: 10.0.0.1 is not a public address"]


@pytest.mark.slow
def test_sizes_are_bounded(site: Server) -> None:
    bomb = gzip.compress(bytes(20_000_000))
    site.replies |= {
        "/comic/001/": body(
            html(*map(panel, ["/endless.gif", "/large.gif", "/promise.gif", "/bomb.gif", "/fits.gif"]))
        ),
        "/comic/002/": endless(200),
        "/comic/003/": body(html(*map(panel, (f"/{number}" for number in range(MOST_PANELS + 100))))),
        "/endless.gif": endless(200),
        "/large.gif": body(bytes(1_000_001)),
        "/bomb.gif": body(bomb, Content_Encoding="gzip"),
        "/fits.gif": body(picture("GIF").ljust(1_000_000, b"\0")),
        "/promise.gif": promise,
    }
    manifest = download(settings(site), 1, 3)
    too_large = "refused: larger than 1 megabytes"
    assert list(manifest["status"])[:5] == [too_large] * 4 + ["ok"]
    assert manifest["status"][5] == "refused: larger than 4 megabytes"
    assert list(manifest["status"])[6:] == ["missing: HTTP 404"] * MOST_PANELS + [
        f"refused: more than {MOST_PANELS} panels on a page"
    ]
    assert site.sent < ENDLESS


def test_redirects_are_bounded(site: Server) -> None:
    site.replies["/comic/001/"] = redirect("/comic/001/")
    site.replies["/comic/002/"] = endless(302, Location="/new")
    site.replies["/new"] = body(html())
    assert statuses(settings(site), 1, 2) == ["failed: more than 10 redirects", "no panels"]
    assert site.counts["/comic/001/"] == 11
    assert site.sent < ENDLESS
