"""What search engines are told: which pages there are, and what stands on them."""

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape

from marketplace import config, money, operator_texts
from marketplace.asks.published_answers import queries as published_answers
from marketplace.coaches import rules
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.public_addresses import queries
from marketplace.request_limits import costs

bp = Blueprint("discovery", __name__)

# As many addresses stand in one file; 50,000 are allowed, which would take long to answer.
IN_A_FILE = 5_000
HOUR_SECONDS = 3600
# Pages of one's own, and those that cost much to answer and say nothing that others do not.
PRIVATE = ("/account", "/admin", "/calendar/", "/coaches?", "/dashboard", "/sessions", "/@*/")
PUBLIC = "/@*/answers"
_SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def public_address(endpoint: str, **values: Any) -> str:
    """The whole address of a page, as everybody reaches it."""
    return urljoin(config.current().public_url, url_for(endpoint, **values))


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """What robots leave alone, and where the list of pages is."""
    lines = ["User-agent: *", f"Allow: {PUBLIC}", *(f"Disallow: {path}" for path in PRIVATE)]
    return _kept("\n".join([*lines, "", f"Sitemap: {public_address('.sitemaps')}", ""]), "text/plain")


@bp.get("/sitemap.xml")
@costs(10)
def sitemaps() -> ResponseReturnValue:
    """The files in which pages are listed."""
    of_coaches = [public_address(".coaches", since=first) for first in queries.every(IN_A_FILE)]
    of_answers = [public_address(".answers", since=first) for first in published_answers.every(IN_A_FILE)]
    return _xml("sitemapindex", "sitemap", [public_address(".general"), *of_coaches, *of_answers])


@bp.get("/sitemap/pages.xml")
def general() -> ResponseReturnValue:
    """The pages that are no coach's."""
    texts = operator_texts.written(config.current().texts_folder)
    pages = [public_address("home.front"), public_address("coaches.directory"), public_address("guide.show")]
    return _xml("urlset", "url", [*pages, *(public_address("operator_texts.show", name=name) for name in texts)])


@bp.get("/sitemap/coaches-<uuid:since>.xml")
@costs(2)
def coaches(since: uuid.UUID) -> ResponseReturnValue:
    """The pages of the coaches from one on."""
    address = public_address("coaches.rate_card", handle="-")
    handles = queries.handles(since=since, limit=IN_A_FILE)
    return _xml("urlset", "url", [address.replace("@-", f"@{handle}") for handle in handles])


@bp.get("/sitemap/answers-<uuid:since>.xml")
@costs(2)
def answers(since: uuid.UUID) -> ResponseReturnValue:
    """The public answers from one on."""
    known = published_answers.addresses(since=since, limit=IN_A_FILE)
    base = urljoin(config.current().public_url, "/")
    return _xml("urlset", "url", [f"{base}@{handle}/answers/{answer_id}" for handle, answer_id in known])


def _xml(outer: str, inner: str, addresses: list[str]) -> Response:
    inside = "".join(f"<{inner}><loc>{escape(address)}</loc></{inner}>\n" for address in addresses)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return _kept(f"{head}<{outer} {_SITEMAPS}>\n{inside}</{outer}>\n", "application/xml")


def _kept(text: str, kind: str) -> Response:
    answer = Response(text, mimetype=kind)
    answer.headers["Cache-Control"] = f"public, max-age={HOUR_SECONDS}"
    return answer


def described(coach: Coach, offerings: Sequence[Offering]) -> dict[str, Any]:
    """A coach and what is sold, in the words of schema.org."""
    address = public_address("coaches.rate_card", handle=coach.handle)
    person = {
        "@type": "Person",
        "@id": address,
        "name": coach.user.name,
        "description": coach.headline,
        "knowsAbout": list(coach.topics),
        "knowsLanguage": list(coach.languages),
        "jobTitle": ", ".join(map(rules.kind_name, coach.kinds)),
        "sameAs": [link["url"] for link in coach.links],
        "makesOffer": [_offer(coach.handle, each) for each in offerings],
    }
    return {"@context": "https://schema.org", "@type": "ProfilePage", "url": address, "mainEntity": person}


def _offer(handle: str, offering: Offering) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "url": public_address("coaches.slots", handle=handle, offering_id=offering.id),
        "price": money.plain(offering.price_cents, offering.currency),
        "priceCurrency": offering.currency.upper(),
        "itemOffered": {"@type": "Service", "name": offering.title, "serviceType": rules.kind_name(offering.kind)},
    }
