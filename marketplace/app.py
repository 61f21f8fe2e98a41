"""create_app: wires everything, in reading order."""

import os

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace import api, authentication, cli, clock, config, http, logs, pages
from marketplace.db import db, end_of_reading
from marketplace.payments.stripe_gateway import client as stripe_client


def create_app(settings: config.Settings | None = None) -> Flask:
    """The application under `settings`, or those of the environment; raises SettingsError naming what is wrong."""
    settings = settings or config.Settings.read(os.environ)
    settings.check()
    config.use(settings)
    clock.follow(settings.clock_file or None)
    logs.configure(settings.log_level)
    app = Flask("marketplace", template_folder="pages/templates", static_folder="pages/static")
    app.extensions["settings"] = settings
    app.config.from_mapping(http.flask_settings(settings))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    db.init_app(app)
    app.teardown_appcontext(end_of_reading)
    stripe_client.configure(settings)
    authentication.init_app(app)
    http.init_app(app)
    api.init_app(app)
    pages.init_app(app)
    cli.init_app(app)
    return app
