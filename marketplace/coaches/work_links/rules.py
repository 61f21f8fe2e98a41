"""Which links to work a coach may name, and how they are typed: in lines, name and address."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from marketplace.languages import gettext as _

MOST_LINKS, LONGEST_NAME, LONGEST_URL = 5, 60, 300
SCHEME = "https://"


def typed(links: Sequence[Mapping[str, str]]) -> str:
    """The links as lines of a form."""
    return "\n".join(f"{link['name']} {link['url']}" for link in links)


def read(lines: str) -> list[dict[str, str]]:
    """The links of such lines; blank lines go. What has no address is a name alone."""
    found = []
    for line in filter(None, map(str.strip, lines.splitlines())):
        name, _space, url = line.rpartition(" ")
        found.append({"name": name.strip(" :,-"), "url": url} if SCHEME[:4] in url else {"name": line, "url": ""})
    return found


def tidied(links: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The links with single spaces in their names, each address once."""
    by_url = {link["url"].strip(): " ".join(link["name"].split()) for link in links}
    return [{"name": name, "url": url} for url, name in by_url.items()]


def problem(links: Sequence[Mapping[str, str]]) -> str:
    """What is wrong with them, in a sentence that names the first link at fault; '' where nothing is."""
    if len(links) > MOST_LINKS:
        return _("Name at most %(most)s links.", most=MOST_LINKS)
    for number, link in enumerate(links, 1):
        if not link["name"]:
            return _("Link %(number)s has no name: write what it leads to before its address.", number=number)
        if len(link["name"]) > LONGEST_NAME:
            return _("The name of link %(number)s is longer than %(most)s letters.", number=number, most=LONGEST_NAME)
        if not is_address(link["url"]):
            return _("Link %(number)s needs an address like https://example.org/page.", number=number)
    return ""


def is_address(url: str) -> bool:
    """Is it the https address of a page on the internet, without a name or password in it?"""
    if not url.startswith(SCHEME) or len(url) > LONGEST_URL or any(letter.isspace() for letter in url):
        return False
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.username is None and "." in host.strip(".") and not host.endswith((".local", ".internal"))
