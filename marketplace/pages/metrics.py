"""/metrics for Prometheus: the database knows most, so any process answers for all.

How long requests take is the one thing that each process knows of itself: where several share the directory that
PROMETHEUS_MULTIPROC_DIR names, any of them answers for all there too.
"""

import hmac
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request, request_finished, request_started
from flask.blueprints import BlueprintSetupState
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from marketplace import config
from marketplace.errors import NotFound
from marketplace.metrics import Metrics, read
from marketplace.request_limits import limiter

bp = Blueprint("metrics", __name__)

LOOPBACK = {"127.0.0.1", "::1"}

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Around what people notice: at once, a moment, waiting, giving up. Each bucket is a series for each rule.
BUCKETS_SECONDS = (0.025, 0.1, 0.25, 0.5, 1, 2.5, 10)


def request_seconds() -> Histogram:
    """A histogram of how long requests took, as each application has one of its own."""
    return Histogram(
        "fairhour_request_seconds",
        "How long requests took, by the rule of their address, method and class of status",
        ("rule", "method", "status"),
        buckets=BUCKETS_SECONDS,
        registry=None,
    )


@bp.record_once
def _time_requests(state: BlueprintSetupState) -> None:
    # Not before_request: what is refused there, such as a form that is out of date, takes its time too.
    state.app.extensions["request_seconds"] = request_seconds()
    request_started.connect(_begun, state.app)
    request_finished.connect(_finished, state.app)


def _begun(_app: Flask) -> None:
    g.request_began = time.perf_counter()


def _finished(app: Flask, response: Response) -> None:
    # Never the address itself: there are as many as people care to ask for.
    rule = request.url_rule.rule if request.url_rule is not None else "none"
    method = request.method if request.method in METHODS else "other"
    labels = rule, method, f"{response.status_code // 100}xx"
    app.extensions["request_seconds"].labels(*labels).observe(time.perf_counter() - g.request_began)


@bp.get("/metrics")
@limiter.exempt
def metrics() -> Response:
    """For whoever has METRICS_TOKEN as a bearer token; without that setting, for this machine, never in production."""
    if not _may_read():
        raise NotFound
    registry = CollectorRegistry()
    registry.register(_Gauges(read()))
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(current_app.extensions["request_seconds"])
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    settings = config.current()
    if settings.metrics_token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.metrics_token}".encode())
    # Behind a proxy everybody may seem to come from this machine.
    return not settings.production and request.remote_addr in LOOPBACK


class _Gauges(Collector):
    def __init__(self, found: Metrics) -> None:
        self._found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One family a measure; what is not known yet has no sample."""
        found = self._found
        yield _by("jobs", "Jobs by state: due, doing, failed", "state", found.jobs)
        yield _one("oldest_due_job_seconds", "How long the oldest due job has waited", found.oldest_job_seconds)
        yield _one("worker_heartbeat_age_seconds", "How long ago a worker was heard of", found.worker_seconds)
        yield _one("unhandled_messages", "Messages of Stripe that are not handled", found.unhandled_messages)
        yield _one("oldest_unhandled_message_seconds", "How long the oldest waits", found.oldest_message_seconds)
        yield _by("mails", "Mails by state", "state", found.mails)
        yield _by("claims", "Bookings that claim a time, by state", "state", found.claims)
        yield _by("payouts", "Payouts by state", "state", found.payouts)
        yield _by("invariant_broken", "1 where the latest evaluation found it broken", "name", found.broken)
        yield _one("invariants_age_seconds", "How long ago invariants were evaluated", found.evaluated_seconds)
        yield _one("reconciliation_differences", "What differed in the latest reconciliation", found.differences)
        yield _one("reconciliation_age_seconds", "How long ago the ledger was reconciled", found.reconciled_seconds)
        balances = GaugeMetricFamily(
            "fairhour_ledger_balance_minor_units", "Balances of the site's own accounts", labels=("account", "currency")
        )
        for (account, currency), cents in found.balances.items():
            balances.add_metric((account, currency), cents)
        yield balances


def _one(name: str, help_: str, value: float | None) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"fairhour_{name}", help_)
    if value is not None:
        family.add_metric((), value)
    return family


def _by(name: str, help_: str, label: str, values: Mapping[str, Any]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"fairhour_{name}", help_, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), float(value))
    return family
