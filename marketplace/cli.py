"""`flask …`: what an operator does by hand."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_security.utils import hash_password
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from marketplace import config
from marketplace import doctor as installation
from marketplace.account_changes import service as account_changes
from marketplace.accounts import queries as account_queries
from marketplace.accounts import service as accounts
from marketplace.accounts.passwords import rules as password_rules
from marketplace.db import session
from marketplace.errors import FairhourError, NotFound
from marketplace.invariants import queries as invariants
from marketplace.ledger.queries import consistency as ledger_consistency
from marketplace.ledger.service.closings import sum_anew
from marketplace.pages.assets.build import build_assets, built_assets
from marketplace.reconciliation import service as reconciliation
from marketplace.scheduling.service import projection
from marketplace.stripe_inbox import queries as stripe_events
from marketplace.stripe_inbox import service as stripe_inbox

ROOT = Path(__file__).parent.parent

stripe = AppGroup("stripe", help="What Stripe told us.")


def init_app(app: Flask) -> None:
    """Register every command."""
    for one in (
        migrate,
        reconcile,
        check_ledger,
        stripe,
        create_admin,
        remove_admin,
        deactivate,
        reactivate,
        repair_free_times,
        check,
        doctor,
        build,
        openapi,
    ):
        app.cli.add_command(one)


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest schema; harmless when it is there already."""
    upgrade_database(config.current().database_url)


def upgrade_database(url: str) -> None:
    """Run every migration that the database at `url` lacks."""
    command.upgrade(_alembic(url), "head")


def _alembic(url: str) -> Config:
    alembic = Config(str(ROOT / "alembic.ini"))
    alembic.attributes["url"] = url
    return alembic


@click.command()
@click.option("--since", type=click.DateTime(), help="Only what was booked since then, in UTC; otherwise everything.")
@with_appcontext
def reconcile(since: datetime | None) -> None:
    """Compare the ledger with Stripe, cent by cent; exits 1 and names what differs."""
    try:
        report = reconciliation.reconcile(since.replace(tzinfo=UTC) if since else None)
    except FairhourError as error:
        raise click.ClickException(error.sentence) from error
    for difference in report.differences:
        click.echo(difference.spoken())
    click.echo(report.spoken())
    if not report.agrees:
        raise SystemExit(1)


@click.command("check-ledger")
@click.option("--repair", is_flag=True, help="Make the sums anew from their entries, which are never touched.")
@with_appcontext
def check_ledger(repair: bool) -> None:
    """Compare every sum of the ledger with its entries; exits 1 and names what differs."""
    differing = ledger_consistency.sums_that_differ()
    for difference in differing:
        click.echo(difference.spoken())
    if differing and repair:
        sum_anew()
        click.echo("The sums were made anew.")
    elif differing:
        raise SystemExit(1)
    else:
        click.echo("Every sum is what its entries come to.")


@stripe.command()
@click.argument("event_id")
def replay(event_id: str) -> None:
    """Handle a stored event again; harmless, since every handler asks Stripe what is true now."""
    try:
        stripe_inbox.replay(event_id)
    except NotFound as error:
        raise click.ClickException(error.sentence) from error
    event = stripe_events.one(event_id)
    click.echo(f"{event_id} is handled. {event.note or '' if event else ''}".strip())


@click.command("create-admin")
@click.argument("email")
@click.option("--name", help="The admin's name; the address without its host otherwise.")
@click.option("--password", envvar="ADMIN_PASSWORD", help="Asked for unless given here or as ADMIN_PASSWORD.")
@with_appcontext
def create_admin(email: str, name: str | None, password: str | None) -> None:
    """Make somebody an admin: who has an account keeps it and its password, others get one."""
    known = account_queries.by_email(email)
    if known is not None:
        accounts.grant_role(None, user_id=known.id, role="admin")
        click.echo(f"{known.email} is an admin now.")
        return
    try:
        email = validate_email(email, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError as error:
        raise click.BadParameter(f"this is no mail address: {error}", param_hint="EMAIL") from error
    chosen = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    wrong = password_rules.complaint(chosen, [email, name or ""])
    if wrong is not None:
        raise click.ClickException(wrong)
    made = accounts.create_admin(email=email, name=name or email.partition("@")[0], password_hash=hash_password(chosen))
    click.echo(f"{made.email} has an account and is an admin.")


def _change_account(email: str, kind: str, reason: str) -> None:
    known = account_queries.by_email(email)
    if known is None:
        raise click.ClickException(f"Nobody has the address {email}.")
    try:
        account_changes.propose(None, user_id=known.id, kind=kind, reason=reason)
    except FairhourError as error:
        raise click.ClickException(error.sentence) from error


REASON = click.option("--reason", default="By the operator.", help="Why; it stays on record.")


@click.command("remove-admin")
@click.argument("email")
@REASON
@with_appcontext
def remove_admin(email: str, reason: str) -> None:
    """Take the admin role from somebody, who is signed out everywhere; never from the last admin."""
    _change_account(email, "remove_admin", reason)
    click.echo(f"{email} is no admin any more.")


@click.command()
@click.argument("email")
@REASON
@with_appcontext
def deactivate(email: str, reason: str) -> None:
    """Deactivate an account: its sessions, tokens and calendar addresses end. Refused while sessions are to come."""
    _change_account(email, "deactivate", reason)
    click.echo(f"{email} is deactivated.")


@click.command()
@click.argument("email")
@REASON
@with_appcontext
def reactivate(email: str, reason: str) -> None:
    """Let somebody who was deactivated back in."""
    _change_account(email, "reactivate", reason)
    click.echo(f"{email} may sign in again.")


@click.command("repair-free-times")
@click.argument("handle")
@with_appcontext
def repair_free_times(handle: str) -> None:
    """Work a coach's free times out anew, after the nightly comparison said that what is kept differs."""
    try:
        differed = projection.repair_free_ranges(handle.removeprefix("@"))
    except NotFound as error:
        raise click.ClickException(error.sentence) from error
    click.echo(f"Worked out anew; {differed} schedules differed.")


@click.command()
@click.option("--settled", is_flag=True, help="Nothing is under way: what is usually given minutes must be true now.")
@with_appcontext
def check(settled: bool) -> None:
    """Evaluate every invariant now, and ask whether Stripe takes our key; exits 1 and names what is not well."""
    found = invariants.evaluate(settled=settled)
    for finding in found:
        click.echo(f"{'ok  ' if finding.well else 'FAIL'}  {finding.invariant.name}: {finding.invariant.sentence}")
        for violation in finding.violations:
            click.echo(f"      {violation.kind} {violation.id}: {violation.said}")
        if finding.failure is not None:
            click.echo(f"      could not be evaluated: {finding.failure}")
    answers = installation.stripe_answers()
    if not answers.well:
        click.echo(f"FAIL  {answers.name}: {answers.found}")
    if not (answers.well and all(finding.well for finding in found)):
        raise SystemExit(1)


@click.command()
@with_appcontext
def doctor() -> None:
    """Check everything that this installation needs; exits 1 if something is not well."""
    try:
        found = [_schema(), _assets(), *installation.checks()]
    except SQLAlchemyError as error:
        raise click.ClickException(f"the database does not answer: {error}") from error
    for check in found:
        click.echo(f"{'ok  ' if check.well else 'FAIL'}  {check.name}: {check.found}")
    if not all(check.well for check in found):
        raise SystemExit(1)


@click.command("build-assets")
def build() -> None:
    """Reduce and pack the style sheets and scripts; a server that runs takes them up when it is started anew."""
    click.echo(f"{len(build_assets())} assets are built.")


@click.command()
@with_appcontext
def openapi() -> None:
    """Print the OpenAPI document of this installation, as /api/v1/openapi.json serves it."""
    click.echo(json.dumps(current_app.extensions["api"].document, indent=2))


def _assets() -> installation.HealthCheck:
    """Are style sheets and scripts built? Without that pages work, and load seven times as much."""
    built = bool(built_assets())
    well = built or not config.current().production
    return installation.HealthCheck("assets", well, "built" if built else "not built: run flask build-assets")


def _schema() -> installation.HealthCheck:
    """Have all migrations been run?"""
    newest = ScriptDirectory.from_config(_alembic(config.current().database_url)).get_current_head()
    present = session().scalar(text("select version_num from alembic_version"))
    return installation.HealthCheck(
        "migrations", present == newest, f"at {present}" if present == newest else f"at {present}: run flask migrate"
    )
