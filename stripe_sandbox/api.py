"""Serving an API call: key, parameters, idempotency, faults, one transaction, the answer."""

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import flask
import stripe

from . import forms
from .box import Request, Sandbox
from .errors import StripeError, missing
from .faults import Fault
from .keys import authenticate
from .render import list_of, render
from .schema import checked
from .shapes import Obj

DAY_SECONDS = 86_400
# docs.stripe.com/api-v2-overview: v2 keeps keys so long, and runs what failed again.
V2_DAYS = 30
OLD_NAME, NEW_NAME = "payment_method_types", "allowed_payment_method_types"
# An error that is returned instead of raised keeps what was done before it, as a declined card's intent is kept.
Answer = Obj | StripeError
Handler = Callable[..., Answer]


@dataclass(frozen=True)
class Call:
    """One checked API call. `account` is the connected account it speaks for, empty for the platform."""

    box: Sandbox
    account: str
    params: dict[str, Any]
    base_url: str
    path: str

    def need(self, kind: str, object_id: str, param: str = "id", status: int = 404) -> Obj:
        """The object, or Stripe's `resource_missing`."""
        found = self.box.store.get(kind, object_id, self.account)
        if found is None:
            raise missing(kind, object_id, param, status)
        return found

    def page(self, kind: str, where: dict[str, Any] | None = None, clause: str = "") -> Obj:
        """A v1 list of that kind, newest first, by `limit`, `starting_after`, `ending_before`, `created`."""
        limit = self.params.get("limit", 10)
        if not 1 <= limit <= 100:
            raise StripeError("Invalid integer: limit must be between 1 and 100", param="limit")
        created = self.params.get("created")
        cursors = {"after": self.params.get("starting_after"), "before": self.params.get("ending_before")}
        for param, cursor in zip(("starting_after", "ending_before"), cursors.values(), strict=True):
            if cursor:
                self.need(kind, cursor, param, 400)
        found = self.box.store.find(
            kind,
            account=self.account,
            where={path: value for path, value in (where or {}).items() if value is not None},
            created={"gte": created, "lte": created} if isinstance(created, int) else created,
            limit=limit + 1,
            clause=clause,
            **cursors,
        )
        if len(found) <= limit:
            return list_of([render(self.box, obj) for obj in found], self.path)
        found = found[1:] if cursors["before"] else found[:limit]
        return list_of([render(self.box, obj) for obj in found], self.path, has_more=True)


@dataclass(frozen=True)
class Endpoint:
    """One address of the API, its parameter type from the SDK and the parameters that are acted on."""

    method: str
    rule: str
    params: type
    plays: frozenset[str]
    handler: Handler


@dataclass(frozen=True)
class Once:
    """An idempotency key within its account, and a mark of what it was used for."""

    key: str
    fingerprint: str
    is_v2: bool


ENDPOINTS: list[Endpoint] = []


def endpoint(method: str, rule: str, params: type, plays: str = "") -> Callable[[Handler], Handler]:
    """Register a handler; `plays` lists the dotted parameters it acts on, any other is refused."""

    def register(handler: Handler) -> Handler:
        ENDPOINTS.append(Endpoint(method, rule, params, frozenset(plays.split()), handler))
        return handler

    return register


class Api:
    """Serves registered endpoints on a sandbox."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self._in_flight: set[str] = set()
        self._guard = threading.Lock()

    def serve(self, found: Endpoint, **path: str) -> flask.Response:
        """Answer one HTTP request."""
        request = Request()
        fault = self.box.faults.take(flask.request.method, flask.request.path)
        try:
            status, body, replayed = self._answer(found, path, request, fault)
        except StripeError as error:
            status, body, replayed = error.status, json.dumps(error.body()), False
        response = flask.Response(body, status, content_type="application/json")
        response.headers["Request-Id"] = request.id
        response.headers["Stripe-Version"] = stripe.api_version
        if request.idempotency_key:
            response.headers["Idempotency-Key"] = request.idempotency_key
        if replayed:
            response.headers["Idempotent-Replayed"] = "true"
            response.headers["Original-Request"] = request.id
        return response

    def _answer(
        self, found: Endpoint, path: dict[str, str], request: Request, fault: Fault | None
    ) -> tuple[int, str, bool]:
        authenticate(self.box)
        if fault and fault.kind == "rate_limit":
            raise StripeError("Request rate limit exceeded.", status=429, code="rate_limit", stored=False)
        if fault and fault.kind == "error" and not fault.answer().stored:
            raise fault.answer()
        account = flask.request.headers.get("Stripe-Account") or flask.request.headers.get("Stripe-Context") or ""
        with self.box.lock:
            known = not account or self.box.store.get("v2.core.account", account) is not None
        if not known:
            raise StripeError(
                f"The provided key does not have access to account '{account}' (or that account does not exist).",
                status=403,
                code="account_invalid",
            )
        given = _given(found)
        params = checked(given, found.params, found.plays, text=not _is_json(found))
        call = Call(self.box, account, params, self.box.config.public_url or flask.request.host_url, flask.request.path)
        key = flask.request.headers.get("Idempotency-Key") if found.method == "POST" else None
        if not key:
            _befall(fault, "before")
            status, body = self._run(found, call, path, request, once=None, fault=fault)
            _befall(fault, "after")
            return status, body, False
        request.idempotency_key = key
        fingerprint = sha256(json.dumps([found.method, call.path, given], sort_keys=True).encode()).hexdigest()
        once = Once(f"{account}:{key}", fingerprint, found.rule.startswith("/v2/"))
        return self._once(once, fault, lambda: self._run(found, call, path, request, once=once, fault=fault))

    def _once(self, once: Once, fault: Fault | None, run: Callable[[], tuple[int, str]]) -> tuple[int, str, bool]:
        with self._guard:
            if once.key in self._in_flight:
                raise StripeError(
                    "There is currently another in-progress request using this Idempotent Key.",
                    status=409,
                    code="idempotency_key_in_use",
                )
            self._in_flight.add(once.key)
        try:
            with self.box.transaction() as store:
                # docs.stripe.com/api/idempotent_requests: keys may be removed once they are a day old.
                store.db.execute("delete from idempotency_keys where expires <= ?", (self.box.now(),))
                kept = store.db.execute("select * from idempotency_keys where key = ?", (once.key,)).fetchone()
            if kept is not None and kept["fingerprint"] != once.fingerprint:
                raise StripeError(
                    "Keys for idempotent requests can only be used with the same parameters they were first used "
                    "with. Try using a key other than this one if you meant to execute a different request.",
                    type_="idempotency_error",
                )
            _befall(fault, "before")
            status, body = (kept["status"], kept["body"]) if kept is not None else run()
        finally:
            with self._guard:
                self._in_flight.discard(once.key)
        _befall(fault, "after")
        return status, body, kept is not None

    def _run(
        self,
        found: Endpoint,
        call: Call,
        path: dict[str, str],
        request: Request,
        *,
        once: Once | None,
        fault: Fault | None,
    ) -> tuple[int, str]:
        try:
            if fault and fault.kind == "error":
                raise fault.answer()
            if fault and fault.kind == "break_before":
                raise broken()
            with self.box.transaction():
                self.box.request = request
                try:
                    answer = found.handler(call, **path)
                    if isinstance(answer, StripeError):
                        status, body = answer.status, json.dumps(answer.body())
                    else:
                        v1 = found.rule.startswith("/v1/")
                        shown = render(self.box, answer, call.params.get("expand")) if v1 else answer
                        status, body = 200, json.dumps(self.box.absences.applied(shown))
                finally:
                    self.box.request = None
                if fault and fault.kind == "break_after":
                    status, body = 500, json.dumps(broken().body())
                self._keep(once, status, body)
            return status, body
        except StripeError as error:
            if not error.stored:
                raise
            # The work was undone, the refusal is kept: the same key will be refused the same way.
            body = json.dumps(error.body())
            with self.box.transaction():
                self._keep(once, error.status, body)
            return error.status, body

    def _keep(self, once: Once | None, status: int, body: str) -> None:
        if once is None or (once.is_v2 and status >= 400):
            return
        kept_until = self.box.now() + DAY_SECONDS * (V2_DAYS if once.is_v2 else 1)
        self.box.store.db.execute(
            "insert into idempotency_keys values (?, ?, ?, ?, ?)",
            (once.key, once.fingerprint, status, body, kept_until),
        )


def _is_json(found: Endpoint) -> bool:
    return found.method == "POST" and found.rule.startswith("/v2/")


def broken() -> StripeError:
    """An error of Stripe's own, as it is kept under an idempotency key."""
    return StripeError("An unknown error occurred.", status=500, type_="api_error")


def _given(found: Endpoint) -> dict[str, Any]:
    if not _is_json(found):
        pairs = [*flask.request.args.items(multi=True), *flask.request.form.items(multi=True)]
        form = forms.decode(pairs)
        if "Stripe-Version" not in flask.request.headers and OLD_NAME in form:
            # Assumed: who names no version, as the CLI, is served an older one, which calls this list so.
            form[NEW_NAME] = form.pop(OLD_NAME)
        return form
    if not flask.request.data:
        return {}
    try:
        given = json.loads(flask.request.data)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise StripeError("The request body is not a JSON object.", code="invalid_json", stored=False)
    return given


def _befall(fault: Fault | None, when: str) -> None:
    """Let the planned fault happen, if it is for this moment."""
    if fault is None or fault.kind not in (f"fail_{when}", f"drop_{when}", f"slow_{when}"):
        return
    if fault.kind.startswith("slow"):
        time.sleep(fault.seconds)
    elif fault.kind.startswith("fail"):
        raise StripeError("An unknown error occurred.", status=500, type_="api_error", stored=False)
    else:
        connection = flask.request.environ.get("werkzeug.socket")
        if connection is not None:
            connection.shutdown(socket.SHUT_RDWR)
        raise StripeError("The connection was dropped.", status=500, type_="api_error", stored=False)
