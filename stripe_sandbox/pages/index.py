"""A look inside at `/_sandbox/`: newest sessions, accounts, events and deliveries."""

from datetime import UTC, datetime
from typing import Any

import flask

from .. import ledger
from ..box import Sandbox
from ..deliveries import listed

blueprint = flask.Blueprint("index", __name__, template_folder="templates")
SHOWN = 25


@blueprint.get("/")
def root() -> Any:
    """Lead to the index."""
    return flask.redirect("/_sandbox/", 303)


@blueprint.get("/_sandbox/")
def index() -> str:
    """The newest of everything, on one page."""
    box: Sandbox = flask.current_app.extensions["sandbox"]
    with box.transaction() as store:
        available, pending = ledger.balances(box)
        return flask.render_template(
            "index.html",
            now=datetime.fromtimestamp(box.now(), UTC),
            offset_seconds=round(box.clock.offset_seconds),
            available=available,
            pending=pending,
            sessions=store.find("checkout.session", account=None, limit=SHOWN),
            accounts=store.find("v2.core.account", limit=SHOWN),
            events=sorted(
                store.find("event", account=None, limit=SHOWN) + store.find("v2.core.event", limit=SHOWN),
                key=_moment,
                reverse=True,
            )[:SHOWN],
            moment=_moment,
            deliveries=listed(box)[: -SHOWN - 1 : -1],
            mode=box.delivery_mode["mode"],
            words=ledger.words,
        )


def _moment(event: dict[str, Any]) -> datetime:
    created = event["created"]
    return datetime.fromisoformat(created) if isinstance(created, str) else datetime.fromtimestamp(created, UTC)
