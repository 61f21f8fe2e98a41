"""create_app: wires everything, in reading order."""

import os
from contextvars import Token
from typing import Any

from flask import Flask
from flask.ctx import AppContext
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace import authority, cli, clock, config, environment, flask_settings, http, localisation, logs
from marketplace.api.blueprints import register_api
from marketplace.authentication.admin_reads import register_admin_reads
from marketplace.authentication.extension import register_authentication
from marketplace.authentication.step_up import register_step_up
from marketplace.clock import Clock
from marketplace.config import Settings
from marketplace.db import register_database
from marketplace.pages.blueprints import register_pages


class ApplicationContext(AppContext):
    """A context in which domains, which know no Flask, find this application's settings and clock."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self._tokens: list[tuple[Token[Settings], Token[Clock], Token[bool]]] = []

    def push(self) -> None:
        """Enter the application, also out of another one's context."""
        extensions = self.app.extensions
        self._tokens.append((config.use(extensions["settings"]), clock.use(extensions["clock"]), authority.use(True)))
        super().push()

    def pop(self, *error: Any) -> None:
        """Leave it, back to where we were."""
        try:
            super().pop(*error)
        finally:
            settings_before, clock_before, powers_before = self._tokens.pop()
            authority.leave(powers_before)
            clock.leave(clock_before)
            config.leave(settings_before)


class Application(Flask):
    """A marketplace. Several may serve in one process, each with its own settings, clock, database and Stripe."""

    url_rule_class = flask_settings.OurRule

    def app_context(self) -> AppContext:
        """A context of this application."""
        return ApplicationContext(self)


def create_app(settings: Settings | None = None, own_clock: Clock | None = None) -> Flask:
    """The application under `settings`, or those of the environment; raises SettingsError naming what is wrong.

    Without a clock of its own it goes by the machine's, or by the file that the settings name.
    """
    settings = settings or environment.read(os.environ)
    environment.check(settings)
    logs.configure(settings.log_level)
    app = Application("marketplace", template_folder="pages/templates", static_folder="pages/static")
    app.extensions["settings"] = settings
    app.extensions["clock"] = own_clock or Clock(settings.clock_file or None)
    app.config.from_mapping(flask_settings.flask_settings(settings))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.wsgi_app = flask_settings.OurHost(app.wsgi_app, settings.public_url)  # type: ignore[method-assign]
    register_database(app, settings.statement_timeout_seconds)
    register_authentication(app)
    localisation.init_app(app)
    http.init_app(app)
    register_step_up(app)
    register_admin_reads(app)
    register_api(app)
    register_pages(app)
    cli.init_app(app)
    return app
