"""What is refused of written answers, and what is done twice or too late, changes nothing."""

import uuid

import pytest

from marketplace import clock, payment_subjects
from marketplace.errors import Invalid, NotFound
from marketplace.files.rules.uploads import Upload
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.service.transitions import transition_payment
from marketplace.written_answers import queries, rules
from marketplace.written_answers.service import deliveries, files, follow_ups, orders, payment_outcomes, reports
from tests.factories import a_person
from tests.files import samples
from tests.written_answers.conftest import again

PLAN = Upload("plan.pdf", samples.pdf())


def names(answer):
    return [one.name for one in queries.files_of(answer.id)]


def test_files_are_added_and_removed_until_it_is_sent(ordered, ada, mia, run_jobs):
    (kept,) = files.add_files(ada.user, answer_id=ordered.id, uploads=[PLAN])
    files.add_files(ada.user, answer_id=ordered.id, uploads=[PLAN])
    assert names(ordered) == ["plan.pdf"]
    with pytest.raises(NotFound):
        queries.file(mia, ordered.id, kept.id)
    with pytest.raises(NotFound):
        files.remove_file(ada.user, answer_id=ordered.id, file_id=uuid.uuid4())
    files.remove_file(ada.user, answer_id=ordered.id, file_id=kept.id)
    assert names(ordered) == []
    deliveries.deliver(ada.user, answer_id=ordered.id, answer="Decide together.")
    for late in (
        lambda: files.add_files(ada.user, answer_id=ordered.id, uploads=[PLAN]),
        lambda: files.remove_file(ada.user, answer_id=ordered.id, file_id=kept.id),
    ):
        with pytest.raises(deliveries.NotToWrite):
            late()


def test_an_answer_has_so_many_files_and_all_are_added_or_none(ordered, ada):
    with pytest.raises(Invalid) as refused:
        files.add_files(ada.user, answer_id=ordered.id, uploads=[PLAN] * (rules.MOST_FILES + 1))
    assert set(refused.value.fields) == {files.FIELD}
    assert names(ordered) == []


def test_it_is_its_peoples_alone(delivered, ada, run_jobs):
    stranger = a_person(name="Sol")
    for refused in (
        lambda: queries.one(stranger, delivered.id),
        lambda: follow_ups.ask_follow_up(stranger, answer_id=delivered.id, question="And then?"),
        lambda: deliveries.deliver(stranger, answer_id=delivered.id, answer="Mine."),
        lambda: reports.withdraw(stranger, answer_id=delivered.id),
        lambda: follow_ups.ask_follow_up(ada.user, answer_id=delivered.id, question="As its coach?"),
        lambda: queries.locked(uuid.uuid4()),
        lambda: queries.locked_report(delivered.id),
    ):
        with pytest.raises(NotFound):
            refused()


def test_words_that_are_needed_have_a_length(delivered, mia):
    for typed in ("  ", "x" * 100_000):
        with pytest.raises(Invalid):
            follow_ups.ask_follow_up(mia, answer_id=delivered.id, question=typed)


def test_pages_of_answers_follow_each_other(delivered, mia, ada):
    mine, after = queries.page_for(mia, as_coach=False)
    assert ([one.id for one in mine], after) == ([delivered.id], None)
    assert queries.page_for(ada.user, as_coach=True, after=delivered.id) == ([], None)


def test_what_is_done_already_is_not_done_again(delivered, ada, mia, moment):
    before = again(delivered).status
    deliveries._expire(delivered.id)
    deliveries._lapse(delivered.id)
    deliveries._remind(delivered.id)
    payment_outcomes.payment_changed(str(delivered.payment_id))
    assert (again(delivered).status, again(delivered).reminded_at) == (before, None)
    follow_ups.ask_follow_up(mia, answer_id=delivered.id, question="And then?")
    moment.advance(days=3)
    follow_ups.remind_of_follow_ups()
    first = again(delivered).follow_up_reminded_at
    moment.advance(days=1)
    follow_ups._remind(delivered.id)
    assert again(delivered).follow_up_reminded_at == first


def test_an_open_report_is_settled_once_and_only_when_its_time_is_over(delivered, mia):
    made = reports.report(mia, answer_id=delivered.id, words="It says nothing.")
    reports._settle(delivered.id)
    assert queries.report_of(delivered.id).status == rules.OPEN
    with pytest.raises(reports.AnswerReportedAlready):
        reports.report(mia, answer_id=delivered.id, words="Again.")
    assert made.answer_by > clock.now()


def test_a_coach_may_respond_again_until_it_is_decided(delivered, ada, mia):
    reports.report(mia, answer_id=delivered.id, words="It says nothing.")
    for words in ("It does.", "It says when and how."):
        reports.respond(ada.user, answer_id=delivered.id, response="disagree", words=words)
    found = queries.report_of(delivered.id)
    assert (found.status, found.answer_words) == (rules.CONTESTED, "It says when and how.")


def test_nothing_is_paid_for_where_a_payment_is_for_something_else(ordered):
    payment_outcomes.payment_changed(str(uuid.uuid4()))
    assert again(ordered).status == "ordered"


def test_a_card_that_says_no_while_it_is_ordered_ends_it(unpaid, mia, stripe, moment):
    orders.pay(mia, answer_id=unpaid.id)
    payment = payments.of_subject(unpaid.id)
    moment.advance(minutes=5)
    payment_subjects.abandon_payment(str(payment.id))
    assert (again(unpaid).status, again(unpaid).end_reason) == (rules.EXPIRED, rules.NOT_PAID)


@pytest.mark.parametrize(("sent", "status"), [(False, rules.CANCELLED), (True, rules.UNCAPTURED)])
def test_a_reservation_that_the_bank_ended_calls_it_off(ordered, ada, sent, status):
    if sent:
        deliveries.deliver(ada.user, answer_id=ordered.id, answer="Decide together.")
    payment = payments.locked(ordered.payment_id)
    transition_payment(payment, payment_rules.CANCELLED)
    payment_outcomes.payment_changed(str(payment.id))
    found = again(ordered)
    assert (found.status, found.end_reason) == (status, rules.AUTHORISATION_GONE)
