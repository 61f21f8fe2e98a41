"""Somebody without an account asks: the address is confirmed by a code, and nothing else lets an ask through."""

import re

import pytest
from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.accounts.queries import by_email
from marketplace.asks import queries
from marketplace.asks.models import Ask, AskDraft
from marketplace.asks.service import choices, drafts, sending
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.notifications.models import Message
from tests.asks.conftest import BRIEF
from tests.doors import PASSWORD
from tests.factories import a_person

NEW = "nia@example.com"


def begun(email=NEW, **changes):
    about = {"handle": "ada", "email": email, "name": "Nia", "timezone": "Europe/Berlin", "locale": "en-GB"}
    return drafts.begin(**about, fields=BRIEF | changes)


def code_for(email=NEW):
    text = session().scalars(select(Message.text).where(Message.recipient == email).order_by(Message.id)).all()[-1]
    return re.search(r"^(\d{6})$", text, re.MULTILINE).group(1)


def count(kind):
    return session().scalar(select(func.count()).select_from(kind))


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_nothing_is_sent_and_nobody_has_an_account_before_the_code(ada, offering):
    begun()
    assert (count(Ask), by_email(NEW)) == (0, None)


def test_with_the_code_the_ask_is_sent_from_an_account_that_is_made(ada, offering):
    draft, code = begun(), code_for()
    ask = drafts.confirm(draft.id, code=f" {code} ")
    person = by_email(NEW)
    assert (ask.asker_id, ask.status, vars(ask.brief)) == (person.id, "open", BRIEF)
    assert person.confirmed_at is not None
    assert (person.name, person.password, person.timezone) == ("Nia", None, "Europe/Berlin")
    with pytest.raises(NotFound):
        drafts.confirm(draft.id, code=code)


def test_who_has_an_account_asks_from_it_and_nothing_of_it_changes(ada, mia, offering):
    before = (mia.password, mia.name, mia.fs_uniquifier)
    ask = drafts.confirm(begun(mia.email).id, code=code_for(mia.email))
    assert ask.asker_id == mia.id
    assert (mia.password, mia.name, mia.fs_uniquifier) == before


def test_a_password_that_somebody_chose_for_the_address_before_is_gone(ada, offering):
    squatter = a_person("Nia", confirmed=False, email=NEW)
    drafts.confirm(begun().id, code=code_for())
    person = session().get(User, squatter.id, populate_existing=True)
    assert person.confirmed_at is not None
    assert person.password is None


def test_a_deactivated_account_asks_nobody(ada, mia, offering):
    mia.active = False
    with pytest.raises(drafts.AccountDeactivated):
        drafts.confirm(begun(mia.email).id, code=code_for(mia.email))
    assert count(Ask) == 0


def test_after_five_tries_a_code_is_spent_and_a_new_one_works(ada, offering):
    draft = begun()
    code = code_for()
    for _ in range(5):
        with pytest.raises(Invalid):
            drafts.confirm(draft.id, code=wrong(code))
    with pytest.raises(drafts.CodeSpent):
        drafts.confirm(draft.id, code=code)
    drafts.renew_code(draft.id)
    if code_for() != code:
        with pytest.raises(Invalid):
            drafts.confirm(draft.id, code=code)
    assert drafts.confirm(draft.id, code=code_for()).status == "open"


def test_a_code_is_too_old_after_a_quarter_of_an_hour_and_a_draft_after_a_day(ada, offering, moment):
    draft_id = begun().id
    moment.advance(minutes=15)
    with pytest.raises(drafts.CodeSpent):
        drafts.confirm(draft_id, code=code_for())
    moment.advance(days=1)
    drafts.forget_old_ask_drafts()
    assert count(AskDraft) == 0
    with pytest.raises(NotFound):
        drafts.renew_code(draft_id)


def test_what_a_coach_refuses_is_refused_before_a_code_is_mailed_and_after(ada, mia, offering):
    with pytest.raises(Invalid):
        begun(tried="", not_about="", aim="", by_when=None, why_coach="")
    draft = begun()
    sending.send(mia, handle="ada", **BRIEF)
    full = {"open_at_most": 1, "per_week": 9, "closed_until": None, "least_points": 0, "sentences": {}}
    choices.choose(ada.user, **full)
    with pytest.raises(sending.AsksFull):
        begun("other@example.com")
    with pytest.raises(sending.AsksFull):
        drafts.confirm(draft.id, code=code_for())
    assert by_email(NEW) is None
    choices.choose(ada.user, **full | {"open_at_most": 2})
    assert drafts.confirm(draft.id, code=code_for()).status == "open"


def test_a_code_is_not_kept_once_its_mail_was_sent(ada, offering, run_jobs, mailbox):
    begun()
    code = code_for()
    run_jobs()
    assert code in str(mailbox[-1])
    assert session().scalar(select(Message.text).where(Message.recipient == NEW)) != ""
    assert code not in session().scalar(select(Message.text).where(Message.recipient == NEW))


def test_no_word_of_a_strangers_stands_in_the_mail_with_the_code(ada, offering):
    begun()
    text = session().scalar(select(Message.text).where(Message.recipient == NEW))
    assert "Nia" not in text
    assert "promotion" not in text
    assert queries.price_of(ada, 45, "mentor") == 9000


def test_who_asked_without_an_account_chooses_a_password_and_reads_the_answer(client, ada, offering, run_jobs, mailbox):
    draft, code = begun(), code_for()
    ask = drafts.confirm(draft.id, code=code)
    client.submit("/reset", {"email": NEW})
    run_jobs()
    link = re.search(r"http://localhost(/reset/\S+)", mailbox[-1].get_body(("plain",)).get_content()).group(1)
    assert "new password" in mailbox[-1]["Subject"]
    client.submit(link, {"password": PASSWORD, "password_confirm": PASSWORD})
    client.submit("/login", {"email": NEW, "password": PASSWORD})
    page = client.get(f"/asks/{ask.id}")
    assert page.status_code == 200
    assert "You asked Ada" in page.get_data(as_text=True)
