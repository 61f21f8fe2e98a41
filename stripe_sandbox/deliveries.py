"""Webhooks as Stripe sends them: signed at each attempt, retried with back-off, recorded.

Signature: `t=<wall clock seconds>,v1=<HMAC-SHA256 of "t.payload">` (docs.stripe.com/webhooks#verify-manually).
"""

import hashlib
import hmac
import json
import logging
import random
import threading
import time
from typing import Any

import requests

from .box import Sandbox
from .errors import StripeError
from .render import render
from .shapes import Obj

log = logging.getLogger(__name__)
MODES = ("normal", "hold", "drop", "delay")
ORDERS = ("sent", "reverse", "shuffle")
TIMEOUT_SECONDS = 10


def signature(payload: bytes, secrets: list[str], timestamp: int) -> str:
    """The `Stripe-Signature` header; one `v1` for each secret that is valid now."""
    signed = f"{timestamp}.".encode() + payload
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={mark}" for mark in marks)])


def enqueue(box: Sandbox, event: Obj, kind: str) -> None:
    """Queue an event for every enabled endpoint of that kind which wants it, as the delivery mode says."""
    mode = box.delivery_mode
    status = {"hold": "held", "drop": "dropped"}.get(mode["mode"], "pending")
    due_at = time.time() + (mode.get("seconds", 0) if mode["mode"] == "delay" else 0)
    for point in box.store.find("webhook_endpoint", where={"_kind": kind, "status": "enabled"})[::-1]:
        if {"*", event["type"]} & set(point["enabled_events"]):
            box.store.db.execute(
                "insert into deliveries (event_id, endpoint_id, status, due_at) values (?, ?, ?, ?)",
                (event["id"], point["id"], status, due_at),
            )
            box.enqueued = True


def listed(box: Sandbox, **filters: Any) -> list[Obj]:
    """Deliveries in the order they were queued: event, endpoint, status (pending, held, dropped, delivered,
    failed), number of attempts, last response. `filters`: status, event_id."""
    sql = (
        "select d.*, json_extract(e.body, '$.type') as type, json_extract(w.body, '$.url') as url, "
        "json_extract(w.body, '$._kind') as kind from deliveries d join objects e on e.id = d.event_id "
        "left join objects w on w.id = d.endpoint_id"
    )
    wanted = {name: value for name, value in filters.items() if value}
    if wanted:
        sql += " where " + " and ".join(f"d.{name} = ?" for name in wanted)
    rows = box.store.db.execute(sql + " order by d.id", list(wanted.values()))
    return [dict(row) for row in rows]


class Deliverer:
    """Sends what is due, one at a time and in order, from a thread of its own."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.sending = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._http = requests.Session()
        self._http.trust_env = False

    def start(self) -> None:
        """Begin to deliver in the background, and to do what the clock makes due."""
        self._thread = threading.Thread(target=self._work, name="stripe-sandbox-deliveries", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the delivery under way and stop."""
        self._stopping.set()
        self.box.deliveries_due.set()
        if self._thread is not None:
            self._thread.join(TIMEOUT_SECONDS)
        self._http.close()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                wait = self._send_due()
            except Exception:
                # One event that cannot be sent, or a clock file half edited, must not end all deliveries.
                log.exception("Deliveries were interrupted; they go on in a second.")
                wait = 1.0
            self.box.deliveries_due.wait(wait)
            self.box.deliveries_due.clear()

    def _send_due(self) -> float:
        """Send all that is due; how many seconds until something may be due again."""
        while not self._stopping.is_set():
            with self.sending:
                with self.box.transaction() as store:
                    row = store.db.execute(
                        "select id, due_at from deliveries where status = 'pending' order by due_at, id limit 1"
                    ).fetchone()
                    self.box.deliveries_due.clear()
                if row is None:
                    return 1.0
                if row["due_at"] > time.time():
                    return float(min(1.0, row["due_at"] - time.time()))
                self._attempt(row["id"])
        return 1.0

    def _attempt(self, delivery_id: int) -> None:
        with self.box.transaction() as store:
            row = store.db.execute("select * from deliveries where id = ?", (delivery_id,)).fetchone()
            event = row and store.any(row["event_id"])
            point = row and store.get("webhook_endpoint", row["endpoint_id"])
            if not event:
                return
            payload = _payload(self.box, event)
        status, error = self._post(point, payload) if point else (None, "The endpoint was deleted.")
        delivered = status is not None and 200 <= status < 300
        waits = self.box.config.retry_seconds
        again = not delivered and point is not None and row["attempts"] < len(waits)
        after = waits[row["attempts"]] if again else 0
        with self.box.transaction() as store:
            store.db.execute(
                "update deliveries set status = ?, attempts = attempts + 1, response_status = ?, error = ?, "
                "due_at = ?, delivered_at = ? where id = ?",
                (
                    "delivered" if delivered else "pending" if again else "failed",
                    status,
                    error,
                    time.time() + after,
                    time.time() if delivered else None,
                    delivery_id,
                ),
            )

    def _post(self, point: Obj, payload: bytes) -> tuple[int | None, str | None]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            # The wall clock, whatever the simulated one says: receivers compare it with theirs.
            "Stripe-Signature": signature(payload, point["_secrets"], int(time.time())),
        }
        try:
            answer = self._http.post(
                point["url"], payload, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as trouble:
            return None, type(trouble).__name__
        return answer.status_code, None if answer.ok else answer.text[:500]

    def flush(self, order: str = "sent", copies: int = 1, seed: int = 0) -> list[Obj]:
        """Send what is held, now: in the order it was `sent`, in `reverse`, or in a `shuffle`; each `copies` times."""
        with self.sending:
            ids = self._held(order, seed)
            for delivery_id in ids:
                for _ in range(copies):
                    self._attempt(delivery_id)
            return self._named(ids)

    def take(self, order: str = "sent", seed: int = 0) -> list[Obj]:
        """What is held, signed and ready to be posted by the caller: `{url, kind, type, payload, signature}`; it
        counts as delivered."""
        with self.sending, self.box.transaction() as store:
            taken = []
            for row in self._named(self._held(order, seed)):
                event, point = store.any(row["event_id"]), store.get("webhook_endpoint", row["endpoint_id"])
                if event and point:
                    payload = _payload(self.box, event)
                    signed = signature(payload, point["_secrets"], int(time.time()))
                    about = {name: row[name] for name in ("url", "kind", "type")}
                    taken.append({**about, "payload": payload.decode(), "signature": signed})
                store.db.execute(
                    "update deliveries set status = 'delivered', delivered_at = ? where id = ?",
                    (time.time(), row["id"]),
                )
            return taken

    def _held(self, order: str, seed: int) -> list[int]:
        if order not in ORDERS:
            raise StripeError(f"Invalid order: must be one of {', '.join(ORDERS)}", param="order")
        with self.box.transaction():
            ids = [row["id"] for row in listed(self.box, status="held")]
        if order == "reverse":
            ids.reverse()
        elif order == "shuffle":
            random.Random(seed).shuffle(ids)  # noqa: S311
        return ids

    def resend(self, event_id: str, copies: int = 1) -> list[Obj]:
        """Send an event again to every endpoint it was queued for, whatever became of it; `copies` times."""
        with self.sending:
            with self.box.transaction():
                ids = [row["id"] for row in listed(self.box, event_id=event_id)]
            if not ids:
                raise StripeError(f"No delivery of event '{event_id}'", status=404, code="resource_missing")
            for delivery_id in ids:
                for _ in range(copies):
                    self._attempt(delivery_id)
            return self._named(ids)

    def _named(self, ids: list[int]) -> list[Obj]:
        with self.box.transaction():
            rows = {row["id"]: row for row in listed(self.box)}
        return [rows[delivery_id] for delivery_id in ids if delivery_id in rows]


def _payload(box: Sandbox, event: Obj) -> bytes:
    shown = render(box, event)
    if event["object"] == "v2.core.event":
        # A thin event says what happened to whom; its data is for those who fetch it.
        shown.pop("data", None)
    return json.dumps(box.absences.applied(shown), indent=2).encode()
