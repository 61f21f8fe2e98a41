"""Everybody's browser, and everybody's tokens, as the tables' columns are."""

from typing import Any

from flask import Flask, current_app
from sqlalchemy import update

from marketplace import clock
from marketplace.accounts.models import AccessToken, Role, User
from marketplace.accounts.tokens.rules import SCOPES
from marketplace.db import session
from tests.doors import PASSWORD, ApiClient, PageClient
from tests.permissions.world import World


def set_up_factor(person: User) -> None:
    """Give somebody an authenticator."""
    person.tf_primary_method = "authenticator"
    person.tf_totp_secret = current_app.extensions["security"].totp_factory.generate_totp_secret()
    session().commit()


def browser(app: Flask, person: User | None, moment: Any) -> PageClient:
    """Somebody's browser: signed in just now, with the second factor where they have one."""
    client: PageClient = app.test_client()  # type: ignore[assignment]
    if person is None:
        return client
    client.submit("/login", {"email": person.email, "password": PASSWORD})
    if person.tf_primary_method:
        # A code is good once.
        moment.advance(seconds=30)
        code = current_app.extensions["security"].totp_factory.generate_totp_password(person.tf_totp_secret)
        client.submit("/tf-validate", {"code": code})
    assert client.get("/account").status_code == 200
    return client


def api_clients(app: Flask, world: World) -> list[ApiClient]:
    """As the columns of people: each with every scope that they may have."""
    people = (world.other_mentee, world.mentee, world.other_coach, world.coach, world.admin)
    return [ApiClient(app, None), *(_used(ApiClient.of(app, person)) for person in people)]


def of_each_scope(app: Flask, person: User) -> list[ApiClient]:
    """An admin's tokens, each with one scope and no other."""
    if not person.has_role("admin"):
        person.roles.append(session().query(Role).filter_by(name="admin").one())
        session().commit()
    return [_used(ApiClient.of(app, person, (scope,))) for scope in SCOPES]


def _used(client: ApiClient) -> ApiClient:
    """When a token was last used is noted once a minute: here, and not by what is tried with it."""
    session().execute(update(AccessToken).values(last_used_at=clock.now()))
    session().commit()
    return client
