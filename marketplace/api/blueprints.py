"""The resources of the API, its OpenAPI document, and how often it may be called."""

from functools import cached_property
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin, resolver
from flask import Flask, Response, jsonify, request
from flask_limiter.util import get_remote_address
from flask_smorest import Api
from marshmallow import Schema

from marketplace import config
from marketplace.accounts import rules
from marketplace.api import (
    admin_audit,
    admin_coaches,
    admin_disputes,
    admin_goodwill_refunds,
    admin_invariants,
    admin_ledger,
    admin_money,
    admin_payouts,
    admin_people,
    admin_reconciliations,
    admin_refunds,
    admin_sweeps,
    ask_queue,
    asks,
    attachments,
    attendance,
    away_messages,
    bookings,
    calendars,
    coaches,
    coupons,
    grants,
    guide,
    hours,
    invitations,
    invoices,
    licences,
    manual_transfers,
    me,
    meeting_links,
    notes,
    overruns,
    payers,
    payouts,
    personal_data,
    policies,
    portraits,
    published_answers,
    quotes,
    reschedules,
    series,
    session_briefs,
    session_credits,
    session_feedback,
    sessions,
    shelf,
    site_logo,
    sponsorships,
    unmet_demand,
    unpaid_time,
    waitlist,
    webhooks,
    written_answers,
)
from marketplace.api.document import completed
from marketplace.api.problems import ConflictSchema, ProblemSchema
from marketplace.api.resource import DateConverter
from marketplace.request_limits import limiter

# Each has a blueprint `bp`, a `Resource`.
RESOURCES = (
    me,
    personal_data,
    sessions,
    bookings,
    coupons,
    reschedules,
    series,
    unpaid_time,
    unmet_demand,
    overruns,
    session_credits,
    grants,
    waitlist,
    written_answers,
    ask_queue,
    asks,
    quotes,
    payers,
    invitations,
    sponsorships,
    published_answers,
    shelf,
    meeting_links,
    attachments,
    attendance,
    session_briefs,
    session_feedback,
    away_messages,
    notes,
    coaches,
    guide,
    portraits,
    licences,
    hours,
    policies,
    payouts,
    manual_transfers,
    invoices,
    admin_audit,
    admin_coaches,
    admin_people,
    admin_money,
    admin_invariants,
    admin_payouts,
    admin_reconciliations,
    admin_refunds,
    admin_sweeps,
    admin_disputes,
    admin_goodwill_refunds,
    admin_ledger,
    site_logo,
    calendars,
)

PREFIX = "/api/v1"

DESCRIPTION = """
Everything a person can do on the pages, for programs. Send `Authorization: Bearer fh_…` with a token made on your
account page. Times are ISO 8601 with an offset; money is `{"amount": 12000, "currency": "usd"}`, in minor units.
Lists are read page by page: `next_cursor` of one goes into `after` of the next. A POST may carry an `Idempotency-Key`:
sent twice, it happens once. Bodies are JSON in UTF-8 of at most 1,000,000 bytes and 40 levels, each name once in an
object; texts have no control characters and none that turn their direction. A file is sent as the one part `file` of
multipart/form-data. PUT takes the whole, PATCH what changes;
both want `If-Match` with the `ETag` of what was read (else 428), and are refused when that says something else by
now (412); `If-Match: *` replaces whatever is there.
Errors are RFC 9457 problems; `errors` names the fields. Who calls too often is answered
429 and may go on after `Retry-After` seconds; `X-RateLimit-Remaining` tells how many calls are left.
"""

# Whoever makes tokens up is one address still.
ADDRESS_SHARE = 4


def _caller() -> str:
    said = request.headers.get("Authorization", "")
    return f"token:{rules.digest(said)}" if said else get_remote_address()


def _calls(share: int) -> str:
    return f"{share * config.current().api_calls_per_minute} per minute"


for _resource in RESOURCES:
    limiter.shared_limit(lambda: _calls(1), scope="api", key_func=_caller)(_resource.bp)
    limiter.shared_limit(lambda: _calls(ADDRESS_SHARE), scope="api of an address")(_resource.bp)


class JsonApi(Api):
    """Documents the API. Errors are answered by `http.py`, in JSON under /api/ and as pages elsewhere."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"

    def _register_responses(self) -> None:
        """Document that errors are problems, not ordinary JSON."""
        ordinary = self.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/problem+json"
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = ordinary

    @cached_property
    def document(self) -> dict[str, Any]:
        """The whole document as it is published, for this application."""
        return completed(self.spec.to_dict(), config.current().public_url)

    def _openapi_json(self) -> Response:
        return jsonify(self.document)

    def _register_error_handlers(self) -> None:
        """None of its own, which would answer the pages' errors in JSON too."""


def schema_name(schema: Any) -> str:
    """What a schema is called in the document; where every field may be left out it is one of changes."""
    return resolver(schema) + ("Changes" if isinstance(schema, Schema) and schema.partial else "")


def register_api(app: Flask) -> None:
    """Register every resource and the OpenAPI document."""
    app.config.from_mapping(
        API_TITLE=f"{app.extensions['settings'].site_name} API",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
    )
    described: dict[str, Any] = {
        "info": {"description": DESCRIPTION.strip()},
        "tags": [{"name": resource.bp.description} for resource in RESOURCES],
        "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=schema_name),
    }
    app.url_map.converters["date"] = DateConverter
    api = JsonApi(app, spec_kwargs=described)
    app.extensions["api"] = api
    api.register_converter(DateConverter, lambda _: {"type": "string", "format": "date"})
    api.spec.components.schema("Conflict", schema=ConflictSchema)
    bearer: dict[str, Any] = {"type": "http", "scheme": "bearer", "description": "An access token, `fh_…`"}
    api.spec.components.security_scheme("bearer", bearer)
    for resource in RESOURCES:
        api.register_blueprint(resource.bp)
    app.register_blueprint(webhooks.bp)
