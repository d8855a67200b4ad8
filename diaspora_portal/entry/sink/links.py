"""The links of a mail, and what they answer to a program that looks at mails before people do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

IN_TEXT = re.compile(r"https?://[^\s<>\"]+")
END_OF_A_SENTENCE = ".,;:!?)]'’»"
SCANNER = {"User-Agent": "Mozilla/5.0 (a link scanner, played by the mail page)"}
HERE = {"localhost", "127.0.0.1"}
HOPS = 5
PATIENCE = 10  # seconds


@dataclass(frozen=True)
class Link:
    url: str
    get: str = ""  # what it answered, once it was pressed
    head: str = ""


def links_of(text: str, html: str) -> list[Link]:
    """Every one once, in the order in which they are read."""
    found = [url.rstrip(END_OF_A_SENTENCE) for url in IN_TEXT.findall(text)]
    return [Link(url) for url in dict.fromkeys([*Anchors(html).urls, *found])]


class Anchors(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.urls: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.urls += [value for name, value in attrs if name == "href" and value and IN_TEXT.fullmatch(value)]


# --- pressing ---------------------------------------------------------------------------------------------------------
def press(links: list[Link], *, site: str) -> list[Link]:
    """GET and HEAD every link that leads to this machine or to the portal, without cookies, as a scanner does."""
    return [
        Link(link.url, answer("GET", link.url, site), answer("HEAD", link.url, site)) if ours(link.url, site) else link
        for link in links
    ]


def ours(url: str, site: str) -> bool:
    return urlsplit(url).hostname in HERE or urlsplit(url)[:2] == urlsplit(site)[:2]


def answer(method: str, url: str, site: str) -> str:
    return " → ".join(_hops(method, url, site))


def _hops(method, url, site) -> Iterator[str]:
    """Each status on the way. What leads away from here is named and not followed."""
    for _hop in range(HOPS):
        try:
            status, to = _asked(method, url)
        except (OSError, HTTPException) as error:
            yield f"no answer: {getattr(error, 'reason', error)}"
            return
        yield str(status)
        if not to:
            return
        url = urljoin(url, to)
        if not ours(url, site):
            yield f"away, to {urlsplit(url).hostname}"
            return


def _asked(method, url) -> tuple[int, str | None]:
    try:
        with _opener.open(Request(url, method=method, headers=SCANNER), timeout=PATIENCE) as response:  # noqa: S310 - http only
            return response.status, None
    except HTTPError as error:  # redirects too, as nobody follows them
        with error:
            return error.code, error.headers.get("Location")


class ByHand(HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


_opener = build_opener(ProxyHandler({}), ByHand)
