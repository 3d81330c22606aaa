"""What went wrong with a page or an image, in a sentence, and what a reader can do."""

import re

from bs4 import BeautifulSoup, Tag

NO_PANELS = "no panels"
AGE_GATE = f"{NO_PANELS}: a page that asks for the reader's age"
ROBOT_CHECK = f"{NO_PANELS}: a page that looks for robots"
BY_SCRIPT = f"{NO_PANELS}: a page that is drawn by a script"
NO_SCRIPT = f"{NO_PANELS}: no script fits comic.web.script"
UNREADABLE_SCRIPT = f"{BY_SCRIPT}, whose JSON can't be read"
MOVED = f"{NO_PANELS}: the site has moved to "

# A page with more words than that is no mere question.
MOST_TEXT_OF_A_GATE = 3000
MOST_TEXT_OF_A_FRAME = 300

AGE = re.compile(
    r"\b(?:are you|i am|i'm|you must be|must be)\b[^.?!]{0,40}\b(?:1[68]|21|eighteen|of (?:legal )?age|adult)\b|"
    r"\bage[ -](?:verification|check|gate|restricted)|\b(?:mature|adult)[ -](?:content|material|only)|\b18\+|\bnsfw\b",
    re.IGNORECASE,
)
ROBOTS = re.compile(r"just a moment|checking your browser|verify (?:that )?you are (?:a )?human|captcha", re.IGNORECASE)

NOT_THERE = "missing: HTTP 4"
# How a status begins, and the sentence.
SENTENCES = {
    AGE_GATE: "The site asks for the reader's age first. Say yes in a browser, look there which cookie that left, and "
    "set it as comic.web.cookies.",
    ROBOT_CHECK: "The site lets browsers in alone. Write to its owner, or look whether the comic is in an archive.",
    NO_SCRIPT: "Does comic.web.script name a script of the page? ./run check shows what the page has.",
    BY_SCRIPT: "Its images may be there only after a script has run. Look in the page's source for their addresses: "
    "name the script that holds them with comic.web.script, as script#data, and say with comic.web.panels where they "
    "are in its JSON, as $..url.",
    MOVED: "Set the new address in comic.web.",
    NO_PANELS: "Does comic.web.panels say which images are panels? ./run check shows what the page has.",
    "failed: HTTP 401": "The site wants a name and a password, which Reprise has not.",
    "failed: HTTP 403": "The site refuses to answer. It may dislike the name that is given (comic.web.user_agent), "
    "want a cookie (comic.web.cookies), or refuse programs altogether.",
    "failed: HTTP 429": "The site says that it was asked too often. Set comic.web.seconds_between_requests higher and "
    "run again: what has come is kept.",
    "failed: HTTP 5": "The site is in trouble itself. Run again later: what has come is kept.",
    NOT_THERE: "There is no such page.",
    "missing: leads": "The site sends the reader elsewhere for pages that it has not: is comic.web.last too high?",
    "failed: no answer": "The site can't be reached: check the address and the connection.",
    "refused: robots.txt": "The site asks programs to leave this alone. If you may have it all the same, set "
    "comic.web.robots to false.",
    "refused: not an http(s) address": "The page gives no address there: comic.web.attribute names where it stands.",
}

# The sentence where nothing is at an address, by the setting that led there.
NAMED_BY = {
    "url": "There is no such page. If so of many: do comic.web.url and comic.web.last fit the site?",
    "start": "There is no such page. Is comic.web.start right, and does comic.web.next find the link to the next page?",
    "archive.url": "There is no such page. Do comic.web.archive.url and comic.web.archive.links fit the site?",
    "list": "There is no such page. Are the addresses in comic.web.list right?",
    "panels": "There is no such image. Does comic.web.panels find what the page shows?",
    "attribute": "There is no such image. Does comic.web.attribute name what holds the address of the image?",
}

# By these the site would answer the next page no better.
REFUSALS = (
    *("failed: HTTP 401", "failed: HTTP 403", "failed: HTTP 429", "failed: HTTP 5", "failed: no answer"),
    *("refused: robots.txt", AGE_GATE, ROBOT_CHECK),
)


def way_out(status: str, named_by: str = "") -> str:
    """Return the sentence for a status; empty where there is none.

    Args:
        status: of a page or an image.
        named_by: the setting of `comic.web` that led there, where it is known.
    """
    if status.startswith(NOT_THERE) and named_by:
        return NAMED_BY[named_by]
    return next((sentence for begins, sentence in SENTENCES.items() if status.startswith(begins)), "")


def is_refusal(status: str) -> bool:
    """Tell whether a status means that the site would answer the next page no better."""
    return status.startswith(REFUSALS)


def leads_away(status: str) -> bool:
    """Tell whether a status means that at an address there is no page of the comic: by the site's word, or by ours."""
    return status.startswith(("missing", "refused: not an http(s) address")) or status.endswith("not a public address")


def why_no_panels(page: BeautifulSoup, asked_host: str, host: str) -> str:
    """Return the status of a page in which no panel was found."""
    body = page.body if isinstance(page.body, Tag) else page
    scripts = page.find_all("script")
    words = " ".join(
        text.strip()
        for text in body.find_all(string=True)
        if text.parent and text.parent.name not in ("script", "style")
    )
    told = f"{page.title.get_text() if page.title else ''} {words}"
    if len(words) <= MOST_TEXT_OF_A_GATE and ROBOTS.search(told):
        return ROBOT_CHECK
    if len(words) <= MOST_TEXT_OF_A_GATE and AGE.search(told):
        return AGE_GATE
    if asked_host != host:
        return MOVED + host
    images = [image for image in body.find_all("img") if not image.find_parent("noscript")]
    if scripts and not images and len(words) <= MOST_TEXT_OF_A_FRAME:
        return BY_SCRIPT
    return NO_PANELS
