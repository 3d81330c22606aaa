# ruff: noqa: E501 - a shape stands on one line, as its page does
"""Little sites in the shapes that comics have, each read to its last image; presets among them."""

from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import yaml

from download_pages import download_pages
from list_pages import list_pages
from reprise.web.settings import Web
from sites import MANIFEST, STORE, Server, body, picture, redirect

pytestmark = pytest.mark.usefixtures("own_folder")

PRESETS = Path(__file__).parents[1] / "workflow" / "presets"
PAGES = 4

# What is around every comic, and none of it.
AROUND = (
    "<img src=/logo.png><a href=/about>About</a><a class=next-chapter href=/c/9>Next chapter</a>{}<img src=/ad.gif>"
)


class Shape(NamedTuple):
    """How a site writes a page.

    Attributes:
        path: of page {n}.
        page: what stands on it; {image} is a panel's address, {n} its number.
        on: the link to the page after, {href}; {back} is the one before.
        end: what stands instead of it on the last page.
        web: the settings that read it.
        images: panels on a page.
    """

    path: str
    page: str
    on: str = ""
    end: str = ""
    web: dict[str, Any] = {}  # noqa: RUF012
    images: int = 1


def preset(name: str) -> dict[str, Any]:
    """Return what a preset says of the site, without where that is."""
    web = yaml.safe_load((PRESETS / f"{name}.yaml").read_text())["comic"]["web"]
    return {key: value for key, value in web.items() if key not in ("url", "start", "first", "last")}


IMG = "<img src={image}>"
COMIC = {"panels": "#comic img"}
IN_COMIC = f"<div id=comic>{IMG}</div>"
EASEL = "<a href={back} class='comic-nav-base comic-nav-previous'>&lsaquo; Prev</a><a href={href} class='comic-nav-base comic-nav-next'>Next &rsaquo;</a>"
VOID = "<span class='comic-nav-base comic-nav-void comic-nav-next'>Next</span><a rel=next href=/blog>A post</a>"
CC = "<a class=cc-prev rel=prev href={back}></a><a class=cc-next rel=next href={href}></a>"
NEXT = "<a rel=next href={href}>Next</a>"
TOON = "<img class=_images src=/bg_transparency.png data-url={image}><img class=_images src=/bg_transparency.png data-url={image}?b>"

SHAPES = {
    "ComicControl": Shape("/comic/no-{n}", "<img id=cc-comic title='Hover {n}' src={image}>", CC, web=preset("comic_control")),
    "SMBC": Shape("/comic/{n}", "<img id=cc-comic src={image}><div id=aftercomic><img src={image}?b></div>", CC, web=preset("smbc"), images=2),
    "Comic Easel": Shape("/comic/p{n}/", IN_COMIC, EASEL, VOID, preset("wordpress_easel")),
    "ComicPress": Shape("/2009/01/0{n}/p/", IN_COMIC, "<a href={href} class='navi navi-next'>Next</a>", "<span class='navi navi-next-void'>", preset("wordpress_easel")),
    "Webcomic": Shape("/webcomic/p{n}/", f"<div class=webcomic-image>{IMG}</div>", "<a href={href} class='webcomic-link next-webcomic-link'>&gt;</a>", web=preset("wordpress_webcomic")),
    "Toocheke": Shape("/comic/p{n}/", f"<div id=one-comic-option>{IMG}</div>", "<a href={back} class=previous-comic>‹</a><a href={href} class=next-comic>›</a>", web=preset("wordpress_toocheke")),
    "ComicFury": Shape("/comics/{n}/", "<div id=comicimagewrap><img id=comicimage src={image}></div>", "<a class=comicnavlink href={back}>Previous</a><a class=comicnavlink href={href}>Next</a>", web=preset("comicfury")),
    "WEBTOON": Shape("/en/a/b/e{n}/viewer?title_no=9&episode_no={n}", TOON, "<a class='pg_next _nextEpisode' href='{href}'>Next Episode</a>", "<a class='pg_next _nextEpisode' href=#>Next Episode</a>", preset("webtoon"), 2),
    "xkcd": Shape("/{n}/", '<div id=comic><img src={image}?small srcset="{image} 2x" title=Hover></div>', "<a rel=next href={href}>Next &gt;</a>", "<a rel=next href=#>Next &gt;</a>", preset("xkcd")),
    "Questionable Content": Shape("/view.php?comic={n}", "<img id=strip src={image}>", "<a href=/view.php?comic=1>First</a><a href='{back}'>Previous</a><a href='{href}'>Next</a><a href=/view.php?comic=4>Latest</a>", web=preset("questionable_content")),
    "a link in the head": Shape("/p/{n}", IN_COMIC, "<link rel=next href={href}>", web=COMIC),
    "an id": Shape("/p/{n}", IN_COMIC, "<a id=navNext href={href}><i></i></a>", web=COMIC),
    "a class around the link": Shape("/p/{n}", IN_COMIC, "<li class=nav-next><a href={href}><i></i></a></li>", web=COMIC),
    "a picture's text": Shape("/p/{n}", IN_COMIC, "<a href=/p/1><img src=/f.png alt=First></a><a href={href}><img src=/n.png alt='Next Page'></a>", web=COMIC),
    "a picture's file": Shape("/p/{n}", IN_COMIC, "<a href={back}><img src=/nav/prev.gif></a><a href={href}><img src=/nav/btn_next.gif></a>", web=COMIC),
    "an arrow": Shape("/p/{n}", IN_COMIC, "<a href=/p/1>&lt;&lt;</a><a href={back}>&lt;</a><a href={href}>&gt;</a><a href=/p/4>&gt;&gt;</a>", web=COMIC),
    "an image map": Shape("/p/{n}", IN_COMIC, "<map><area href={back} alt=Previous><area href={href} alt=Next></map>", web=COMIC),
    "another language": Shape("/p/{n}", IN_COMIC, "<a href={back}>Zurück</a><a href={href}>Weiter »</a>", web=COMIC),
    "a last page that leads to itself": Shape("/p/{n}", IN_COMIC, "<a rel=next href={href}>Next</a>", "<a rel=next href=/p/4>Next</a>", COMIC),
    "a last page that leads to the front": Shape("/p/{n}", IN_COMIC, "<a class=next href={href}>→</a>", "<a class=next href=/>→</a>", COMIC),
    "images that come late": Shape("/p/{n}", "<div id=comic><img src=/spacer.gif data-lazy-src={image}><noscript><img src={image}></noscript></div>", "<a rel=next href={href}>Next</a>", web=COMIC),
    "a picture of several sizes": Shape("/p/{n}", "<div id=comic><picture><source srcset='{image}?s 600w, {image} 1800w'><img src={image}?s></picture></div>", "<a rel=next href={href}>Next</a>", web=COMIC),
    "a meta": Shape("/p/{n}", "<meta property=og:image content={image}><canvas></canvas>", "<a rel=next href={href}>Next</a>", web={"panels": "meta[property='og:image']"}),
    "a link to the full size": Shape("/p/{n}", "<a class=full href={image}><img src={image}?s></a>", "<a rel=next href={href}>Next</a>", web={"panels": "a.full"}),
    "a background": Shape("/p/{n}", "<div id=page style='background-image:url({image})'></div>", "<a rel=next href={href}>Next</a>", web={"panels": "#page"}),
    "JSON in a script": Shape("/p/{n}", '<div id=root></div><script id=__NEXT_DATA__ type=application/json>{{"props": {{"pages": [{{"src": "{image}"}}]}}}}</script>', "<a rel=next href={href}>Next</a>", web={"panels": "$..pages[*].src", "script": "#__NEXT_DATA__"}),
    "an attribute of its own": Shape("/p/{n}", "<div id=comic><img src=/blank.png data-hires={image}></div>", "<a rel=next href={href}>Next</a>", web={**COMIC, "attribute": "data-hires"}),
    "a blurred image that scripts replace": Shape("/p/{n}", "<div id=comic><img src=/i/{n}-blur.jpg data-full={image}></div>", NEXT, web=COMIC),
    "one image in place of all": Shape("/p/{n}", "<div id=comic><img src=/o.gif data-src={image}></div>", NEXT, web=COMIC),
    "an image for browsers without scripts": Shape("/p/{n}", "<div id=comic><img class=lazy src=/i/{n}-20x12.jpg><noscript><img src={image}></noscript></div>", NEXT, web={"panels": "img.lazy"}),
    "a small image that leads to the large one": Shape("/p/{n}", "<div id=comic><a href={image}><img src=/thumbs/{n}.jpg></a></div>", NEXT, web=COMIC),
    "a picture for phones first": Shape("/p/{n}", "<div id=comic><picture><source media='(max-width: 600px)' srcset=/s.gif><source type=image/jxl srcset=/a.jxl><img src={image}></picture></div>", NEXT, web=COMIC),
    "what is around the images is named": Shape("/p/{n}", "<figure class=strip><img src={image}><img src={image}?b></figure>", NEXT, web={"panels": "figure.strip"}, images=2),
    "addresses from elsewhere": Shape("/p/{n}", "<base href=/deep/er/><div id=comic><img src=../../i/{n}.gif></div>", "<a rel=next href='../..{href}#comic'>Next</a>", "<a rel=next href=#comic>Next</a>", COMIC),
    "several words in an address": Shape("/v.php?comic={n}&section=1", IN_COMIC, "<a class=nextpage href='{href}'>on</a>", web=COMIC),
    "backslashes": Shape("/p/{n}", "<div id=comic><img src='\\i\\{n}.gif'></div>", NEXT, web=COMIC),
    "a list in a script": Shape("/p/{n}", "<script>$(function(){{ if (a) {{ b() }} }});</script><script>/* don't */ var pages = ['{image}', \"{image}?b\",];</script>", NEXT, web={"panels": "$[*]", "script": "script"}, images=2),
    "data of other things first": Shape("/p/{n}", '<script type=application/ld+json>{{"@type": "WebSite", "name": "A name that is long"}}</script><script type=application/ld+json>{{"image": [["{image}"]]}}</script>', NEXT, web={"panels": "$..image", "script": "script[type='application/ld+json']"}),
    "JSON that leads on": Shape("/api/{n}", '{{"title": "No. {n}", "pages": [{{"url": "{image}"}}]', ', "links": {{"next": "{href}"}}}}', "}", {"panels": "$.pages[*].url", "title": "$.title", "next": "$.links.next"}),
    "a button": Shape("/p/{n}", IN_COMIC, "<button onclick=\"location.href='{back}'\">Previous</button><button onclick=\"location.href='{href}'\">Next</button>", "<button disabled>Next</button>", COMIC),
    "a link by a script": Shape("/p/{n}", IN_COMIC, "<a href=\"javascript:window.location.assign('{href}')\">Next &gt;</a>", "<a href=javascript:void(0)>Next &gt;</a>", COMIC),
    "a form": Shape("/p/{n}", IN_COMIC, "<form action='{back}'><input type=submit value=Previous></form><form action='{href}'><input type=image alt=Next src=/n.gif></form>", web=COMIC),
    "a drawn arrow": Shape("/p/{n}", IN_COMIC, "<a href={back}><svg aria-label='Previous page'></svg></a><a href={href}><svg aria-label='Next page'></svg></a>", web=COMIC),
    "letters of a font": Shape("/p/{n}", IN_COMIC, "<a href={back}><i class='fa fa-chevron-left'></i></a><a href={href}><i class='fa fa-chevron-right'></i></a><a href=/p/4><i class='fa fa-angle-double-right'></i></a>", web=COMIC),
    "an arrow's file": Shape("/p/{n}", IN_COMIC, "<a href={back}><img src=/nav/left.gif></a><a href={href}><img src=/nav/arrow_right.gif></a>", web=COMIC),
    "posts of a blog": Shape("/p/{n}", IN_COMIC, "<a class=blog-pager-older-link href={back}>Older Post</a><a class=blog-pager-newer-link href={href}>Newer Post</a>", web=COMIC),
    "two links that say next": Shape("/p/{n}", IN_COMIC, "<a class=next href=#>News</a><a class=next href={href}>go</a>", web=COMIC),
    "the title of the next": Shape("/p/{n}", IN_COMIC, "<a href={href}>Next page: No. {n}</a>", web=COMIC),
    "a last page that leads to a front with the first": Shape("/c/{n}", IN_COMIC, NEXT, "<a rel=next href=/c/index.html>Next</a>", COMIC),
    "a last page that leads to a front with the last": Shape("/c/{n}", IN_COMIC, NEXT, "<a rel=next href=/c/>Next</a>", COMIC),
    "a link that is named": Shape("/p/{n}", IN_COMIC, "<a href=/p/1>Next</a><b class=weird><a href={href}>go</a></b>", web={**COMIC, "next": "b.weird"}),
}  # fmt: skip


def build(site: Server, shape: Shape) -> dict[str, bytes]:
    """Put a site up and return its panels as they are to be stored."""
    paths = [shape.path.format(n=n) for n in range(1, PAGES + 1)]
    wanted = {}
    for number, path in enumerate(paths, start=1):
        back, href = paths[max(0, number - 2)], paths[number] if number < PAGES else ""
        link = shape.on.format(back=back, href=href, n=number) if href else shape.end
        page = shape.page.format(image=f"/i/{number}.gif", n=number)
        is_data = page.startswith("{")
        site.replies[path] = body(
            page + link if is_data else f"<title>No. {number}</title>{AROUND.format(page + link)}"
        )
        for count in range(1, shape.images + 1):
            content = picture("GIF", 10 * number + count)
            site.replies[f"/i/{number}.gif" + ("?b" if count == 2 else "")] = body(content)
            wanted[f"{number}_{count}.gif"] = content
    site.replies |= {"/c/index.html": site.replies[paths[0]], "/c/": site.replies[paths[-1]]}
    return wanted


def read(web: Web) -> pd.DataFrame:
    """Read a site as the workflow does, to its last image."""
    addresses, last = None, PAGES
    if not web.url:
        list_pages(web, 1, None, STORE, STORE / "addresses.csv", None)
        addresses = list(pd.read_csv(STORE / "addresses.csv")["page_url"])
        last = len(addresses)
    download_pages(1, last, web, STORE, MANIFEST, addresses=addresses)
    return pd.read_csv(MANIFEST, keep_default_na=False)


def settings_of(given: dict[str, Any], **more: Any) -> Web:
    usual = {"url": None, "panels": None, "title": None, "retries": 0, "timeout": 5.0, "max_megabytes": 1.0}
    known = {field.name for field in fields(Web)}
    web = {key: value for key, value in {**usual, "user_agent": "Tests", **given, **more}.items() if key in known}
    return Web(**web | {"seconds_between_requests": 0.0})


def stored() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (STORE / "images").glob("*")}


@pytest.mark.parametrize("name", SHAPES)
def test_a_site_is_read_to_its_last_image(site: Server, name: str) -> None:
    shape = SHAPES[name]
    wanted = build(site, shape)
    start = site.address + shape.path.format(n=1)
    found = read(settings_of(shape.web, start=start))
    assert set(found["status"]) == {"ok"}
    assert stored() == wanted
    assert list(found["title"].unique()) == [f"No. {n}" for n in range(1, PAGES + 1)] or shape.web.get("title")
    assert {path: count for path, count in site.counts.items() if count > 1} == {}

    # The same backwards, where the site says so.
    if "{back}" in shape.on and "next" not in shape.web:
        last = site.address + shape.path.format(n=PAGES)
        site.replies[shape.path.format(n=PAGES)] = body(
            f"<title>No. 4</title>{shape.page.format(image='/i/4.gif', n=4)}{shape.on.format(back=shape.path.format(n=3), href='#')}"
        )
        read(settings_of(shape.web, start=last, order="newest first"))
        assert stored() == wanted


def test_there_are_enough_sites() -> None:
    assert len(SHAPES) >= 25


def test_pages_may_be_images_by_one_of_several_addresses(site: Server) -> None:
    """As Homestuck by its images' addresses, or in the Internet Archive's form."""
    paths = ["/hs2/00001.gif", "/hs2/00002_1.gif", "/hs2/00004.gif"]
    for number, path in enumerate(paths):
        site.replies[path] = body(picture("GIF", number))
    site.replies |= {"/hs2/00003.gif": body("", 403), "/hs2/00004_1.gif": body(picture("GIF", 9))}
    url = [f"{site.address}/hs2/{{page:05d}}.gif", f"{site.address}/hs2/{{page:05d}}_1.gif"]
    found = read(settings_of({}, url=url))
    assert list(found["status"]) == ["ok", "ok", "failed: HTTP 403", "ok"]
    assert list(found["page_url"]) == [site.address + path for path in [*paths[:2], "/hs2/00003.gif", paths[2]]]
    assert stored() == {f"{page}_1.gif": picture("GIF", n) for n, page in enumerate((1, 2, 4))}
    before = site.counts
    read(settings_of({}, url=url))
    assert site.counts - before == {"/hs2/00003.gif": 1, "/hs2/00003_1.gif": 1}


def test_pages_beyond_the_last_may_lead_to_it(site: Server) -> None:
    build(site, SHAPES["xkcd"])
    site.replies["/4/"] = redirect("/3/")
    found = read(settings_of({**SHAPES["xkcd"].web, "url": site.address + "/{page}/"}))
    assert list(found["status"]) == ["ok"] * 3 + ["missing: leads to page 3"]
