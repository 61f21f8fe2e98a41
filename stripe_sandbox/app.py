"""The sandbox as a Flask application."""

from typing import Any

import flask
from werkzeug.exceptions import HTTPException

from . import control, control_money, pages, resources
from .api import ENDPOINTS, Api
from .box import Config, Sandbox
from .deliveries import Deliverer
from .errors import StripeError

__all__ = ["create_app", "resources"]


def create_app(config: Config | None = None) -> flask.Flask:
    """A sandbox with the API, the hosted pages and the control under `/_sandbox/`.

    `app.extensions["sandbox"]` is its state, `app.extensions["deliverer"]` sends webhooks once started.
    """
    app = flask.Flask(__name__)
    box = Sandbox(config or Config())
    with box.transaction():
        resources.webhook_endpoints.configure(box)
    app.extensions["sandbox"] = box
    app.extensions["deliverer"] = Deliverer(box)
    _add_api(app, Api(box))
    for blueprint in (*pages.blueprints, control.blueprint, control_money.blueprint):
        app.register_blueprint(blueprint)
    app.register_error_handler(StripeError, _stripe_error)
    app.register_error_handler(500, _own_fault)
    app.register_error_handler(404, _no_such_address)
    app.register_error_handler(405, _no_such_address)
    return app


def _add_api(app: flask.Flask, api: Api) -> None:
    for found in ENDPOINTS:

        def view(_found: Any = found, **path: str) -> flask.Response:
            return api.serve(_found, **path)

        name = f"{found.method} {found.rule}".replace(".", "_")
        app.add_url_rule(found.rule, name, view, methods=[found.method])


def _stripe_error(error: StripeError) -> tuple[dict[str, Any], int]:
    return error.body(), error.status


def _no_such_address(error: HTTPException) -> Any:
    request = flask.request
    if not request.path.startswith(("/v1/", "/v2/", "/_sandbox/")):
        return error
    message = f"Unrecognized request URL ({request.method}: {request.path})."
    return StripeError(message).body(), 404


def _own_fault(error: HTTPException) -> Any:
    if not flask.request.path.startswith(("/v1/", "/v2/", "/_sandbox/")):
        return error
    return StripeError("The sandbox itself failed; its log says where.", status=500, type_="api_error").body(), 500
