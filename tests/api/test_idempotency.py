"""The decorator alone, around a view that counts how often it runs."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import psycopg
import pytest
from flask import Response, g, jsonify, make_response, request
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest

from marketplace.accounts.models import IdempotentRequest, User
from marketplace.api.idempotency import idempotent
from marketplace.db import before_command, db, session, transactional
from marketplace.errors import Conflict, Invalid, Unavailable
from tests.factories import a_person


def counted(then=None):
    """A view that answers 201 with the number of its run, unless `then` answers or raises; `.runs` counts."""
    seen = SimpleNamespace(runs=0, lock=threading.Lock())

    def view(**_):
        with seen.lock:
            seen.runs += 1
        outcome = then(seen.runs) if then else None
        return outcome or (jsonify(run=seen.runs, got=request.get_json(silent=True)), 201, {"Location": "/thing/1"})

    seen.view = idempotent(view)
    return seen


def ask(app, person, view, key="k", body=None, path="/api/v1/thing") -> Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    with app.test_request_context(path, method="POST", json=body or {}, headers=headers):
        g.token_user = person
        return make_response(view())


def test_the_same_request_happens_once_and_is_answered_alike(app):
    person, thing = a_person(), counted()
    first = ask(app, person, thing.view, body={"a": 1})
    again = ask(app, person, thing.view, body={"a": 1})
    assert thing.runs == 1
    assert (again.status_code, again.json, again.headers["Location"]) == (201, first.json, "/thing/1")
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("pages", [1, 3])
def test_what_is_asked_of_another_server_is_done_outside_and_the_view_begun_anew(app, pages):
    closed, person = [], a_person()

    def then(_run):
        if len(closed) < pages:
            before_command(lambda: closed.append(bool(session().info.get("in_command"))))

    thing = counted(then)
    first = ask(app, person, thing.view)
    assert (first.status_code, thing.runs, closed) == (201, pages + 1, [False] * pages)
    assert ask(app, person, thing.view).json == first.json
    assert thing.runs == pages + 1


def test_without_a_key_every_request_happens(app):
    person, thing = a_person(), counted()
    ask(app, person, thing.view, key=None)
    ask(app, person, thing.view, key=None)
    assert thing.runs == 2


@pytest.mark.parametrize("other", [{"body": {"a": 2}}, {"path": "/api/v1/other"}, {"path": "/api/v1/thing?x=1"}])
def test_the_key_with_another_request_is_refused(app, other):
    person, thing = a_person(), counted()
    ask(app, person, thing.view)
    with pytest.raises(Invalid) as refused:
        ask(app, person, thing.view, **other)
    assert "Idempotency-Key" in refused.value.fields
    assert thing.runs == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "a\tb"])
def test_a_key_that_is_no_key_is_refused(app, key):
    thing = counted()
    with app.test_request_context("/api/v1/thing", method="POST"):
        request.environ["HTTP_IDEMPOTENCY_KEY"] = key
        g.token_user = a_person()
        with pytest.raises(Invalid):
            thing.view()
    assert thing.runs == 0


def test_two_people_may_use_the_same_key(app):
    thing = counted()
    ask(app, a_person(), thing.view)
    ask(app, a_person("Noa"), thing.view)
    assert thing.runs == 2


def test_a_refusal_is_an_answer_too(app):
    def taken(_run):
        raise Conflict("Taken.")

    person, thing = a_person(), counted(taken)
    first, again = ask(app, person, thing.view), ask(app, person, thing.view)
    assert thing.runs == 1
    assert (first.status_code, again.status_code) == (409, 409)
    assert again.json == first.json
    assert again.content_type == "application/problem+json"


def test_an_empty_answer_stays_empty(app):
    person, thing = a_person(), counted(lambda _run: Response(status=204))
    ask(app, person, thing.view)
    again = ask(app, person, thing.view)
    assert (again.status_code, again.data, thing.runs) == (204, b"", 1)


def test_what_broke_can_be_tried_again(app):
    def away_at_first(run):
        if run == 1:
            raise Unavailable
        if run == 2:
            raise BadRequest
        if run == 3:
            raise RuntimeError("broken")

    person, thing = a_person(), counted(away_at_first)
    assert ask(app, person, thing.view).status_code == 503
    with pytest.raises(BadRequest):
        ask(app, person, thing.view)
    with pytest.raises(RuntimeError):
        ask(app, person, thing.view)
    assert ask(app, person, thing.view).status_code == 201
    assert thing.runs == 4


def test_the_openapi_document_names_the_header():
    manual = counted().view._apidoc["manual_doc"]
    assert manual["parameters"][0]["name"] == "Idempotency-Key"


@pytest.mark.real
def test_of_many_at_once_one_happens_and_the_others_wait_or_replay(real_app):
    with real_app.app_context():
        person = a_person()
    inside, all_asked = threading.Event(), threading.Event()

    def hold_on(_run):
        inside.set()
        assert all_asked.wait(10)

    thing = counted(hold_on)

    def try_it():
        try:
            return ask(real_app, person, thing.view).status_code
        except Conflict as error:
            return type(error).__name__

    with ThreadPoolExecutor(9) as threads:
        first = threads.submit(try_it)
        assert inside.wait(10)
        others = [threads.submit(try_it) for _ in range(8)]
        assert [other.result(10) for other in others] == ["StillRunning"] * 8
        all_asked.set()
        assert first.result(10) == 201
    assert try_it() == 201
    assert thing.runs == 1


@pytest.mark.real
def test_what_was_committed_is_not_done_again_where_the_answer_to_the_commit_was_lost(real_app, monkeypatch):
    with real_app.app_context():
        person = a_person()
    thing = counted()

    with real_app.app_context():
        dialect = db.engine.dialect
    commit, lost = dialect.do_commit, []

    def commit_and_lose_the_answer(connection):
        commit(connection)
        # Of the commit that has the view's work in it; not of what is committed before and after.
        if thing.runs and not lost:
            lost.append(connection)
            raise psycopg.OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(dialect, "do_commit", commit_and_lose_the_answer)
    with pytest.raises(OperationalError):
        ask(real_app, person, thing.view)
    assert lost
    again = ask(real_app, person, thing.view)
    assert (again.status_code, again.json["run"], thing.runs) == (201, 1, 1)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_what_a_command_did_is_undone_where_its_answer_breaks(app):
    def renamed_and_broken(run):
        if run == 1:
            rename(person)
            raise RuntimeError("no answer can be made of it")

    @transactional
    def rename(somebody):
        somebody.name = "Another"

    person = a_person(name="Noor")
    thing = counted(renamed_and_broken)
    with pytest.raises(RuntimeError):
        ask(app, person, thing.view)
    assert session().scalar(select(User.name).where(User.id == person.id)) == "Noor"
    assert ask(app, person, thing.view).status_code == 201


@pytest.mark.real
def test_claims_made_in_the_same_instant_are_one(real_app):
    with real_app.app_context():
        person = a_person()
    start, thing = threading.Barrier(8), counted()

    def try_it():
        start.wait(10)
        try:
            return ask(real_app, person, thing.view).status_code
        except Conflict:
            return 409

    with ThreadPoolExecutor(8) as threads:
        statuses = [one.result(10) for one in [threads.submit(try_it) for _ in range(8)]]
    assert thing.runs == 1
    assert set(statuses) <= {201, 409}
    with real_app.app_context():
        assert session().scalar(select(func.count()).select_from(IdempotentRequest)) == 1
