"""Results are kept, and admins are told once of what broke and once that it holds again."""

import pytest
from sqlalchemy import text

from marketplace.db import session, uuid7
from marketplace.errors import NotFound
from marketplace.invariants import queries as invariant_queries
from marketplace.invariants import service as invariants
from marketplace.invariants.models import InvariantResult
from marketplace.invariants.rules import catalog
from marketplace.ledger.service.postings import post
from tests.queue import waiting


def result(name):
    return session().get(InvariantResult, name, populate_existing=True)


def break_it():
    post("a-gift", debit="stripe", credit="in_transit", cents=1, currency="usd", subject_id=uuid7())
    session().commit()


def mend_it():
    post("taken-back", debit="in_transit", credit="stripe", cents=1, currency="usd", subject_id=uuid7())
    session().commit()


def subjects(mailbox, person):
    return [mail["Subject"] for mail in mailbox.to(person.email)]


def test_a_first_evaluation_keeps_a_result_of_every_invariant(alma, paid):
    invariants.check_invariants()
    assert {status.invariant.name for status in invariant_queries.statuses(alma) if status.result} == {
        one.name for one in catalog.INVARIANTS
    }
    assert invariant_queries.summary().broken == []


def test_what_breaks_is_told_once_and_so_is_that_it_is_well(alma, moment, mailbox, run_jobs):
    break_it()
    invariants.check_invariants()
    since = moment.now
    moment.advance(minutes=5)
    invariants.check_invariants()
    run_jobs()
    (mail,) = mailbox.to(alma.email)
    assert mail["Subject"] == "Something is not as it must be"
    told = mail.get_body(("plain",)).get_content()
    assert "What is in transit is what payouts are sending.\r\nin_transit_is_being_sent\r\n" in told
    assert "1 thing breaks this, first account in_transit: the ledger has 1 usd, payouts send 0." in told
    kept = result("in_transit_is_being_sent")
    assert (kept.broken_since, kept.count, kept.looked_at) == (since, 1, moment.now)
    assert invariant_queries.broken() == ["in_transit_is_being_sent"]

    mend_it()
    for _ in range(2):
        moment.advance(minutes=5)
        invariants.check_invariants()
    run_jobs()
    assert subjects(mailbox, alma)[1:] == ["Everything that was reported is well again"]
    assert invariant_queries.broken() == []


def test_what_reads_everything_is_evaluated_each_hour(moment):
    invariants.check_invariants()
    first = moment.now
    moment.advance(minutes=5)
    invariants.check_invariants()
    assert result("paid_is_booked").looked_at == first
    assert result("one_session_at_a_time").looked_at == moment.now
    invariants.check_invariants(everything=True)
    assert result("paid_is_booked").looked_at == moment.now


def test_a_former_invariant_is_forgotten():
    session().add(InvariantResult(name="of_old", took_ms=0, count=1, offenders=[], broken_since=None))
    session().commit()
    invariants.check_invariants()
    assert result("of_old") is None


def test_an_admin_has_the_worker_evaluate_and_nobody_else(alma, mia, run_jobs):
    with pytest.raises(NotFound):
        invariants.request_evaluation(mia)
    invariants.request_evaluation(alma)
    invariants.request_evaluation(alma)
    assert waiting() == ["check_invariants"]
    assert "check_invariants" in run_jobs()
    assert result("paid_is_booked").looked_at is not None


def test_the_command_names_what_breaks_and_fails(app, paid):
    runner = app.test_cli_runner()
    done = runner.invoke(args=["check"])
    assert done.exit_code == 0, done.output
    break_it()
    done = runner.invoke(args=["check", "--settled"])
    assert done.exit_code == 1
    assert "FAIL  in_transit_is_being_sent: What is in transit is what payouts are sending.\n" in done.output
    assert "      account in_transit: the ledger has 1 usd, payouts send 0\n" in done.output


def test_the_command_says_what_it_could_not_evaluate(app):
    session().execute(text("alter table payouts rename column tried_at to asked_at"))
    session().commit()
    done = app.test_cli_runner().invoke(args=["check"])
    assert done.exit_code == 1
    assert "could not be evaluated: column " in done.output


def test_the_doctor_tells_what_the_latest_evaluation_found(app):
    runner = app.test_cli_runner()
    assert "ok    invariants: not evaluated yet" in runner.invoke(args=["doctor"]).output
    break_it()
    invariants.check_invariants()
    assert "FAIL  invariants: 1 broken (in_transit_is_being_sent)" in runner.invoke(args=["doctor"]).output
