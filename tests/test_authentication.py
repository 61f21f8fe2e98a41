"""Signing up, in and out, as a browser without JavaScript does it."""

import re
from dataclasses import replace
from hashlib import sha256
from urllib.parse import urljoin, urlsplit

import pytest
from flask import current_app
from flask_login import login_user
from flask_security.confirmable import generate_confirmation_token
from passlib.hash import sha256_crypt

from marketplace import clock
from marketplace.app import create_app
from marketplace.audit import queries as audit
from marketplace.authentication.access import admin_only, viewers_zone
from marketplace.db import db, session
from marketplace.errors import NotFound
from tests.authentication.reading import NEW, is_signed_in, link_in, text_of, the_person
from tests.doors import PASSWORD, PageClient
from tests.factories import a_person, an_admin
from tests.queue import waiting


def test_sign_up_mail_confirm_sign_in(client, mailbox, run_jobs):
    answer = client.submit("/register", NEW, follow_redirects=True)
    assert "Follow its link" in text_of(answer)
    assert mailbox == []
    run_jobs()
    [mail] = mailbox.to("mia@example.com")
    assert mail["Subject"] == "Confirm your address"
    answer = client.submit(link_in(mail), follow_redirects=True)
    assert "Your address is confirmed, and you are signed in" in text_of(answer)
    assert is_signed_in(client)
    another = client.application.test_client()
    answer = another.submit("/login", {"email": "MIA@example.com", "password": PASSWORD})
    assert answer.status_code == 302
    assert is_signed_in(another)
    person = the_person()
    assert (person.name, person.timezone, person.login_count) == ("Mia", "Europe/Berlin", 2)
    assert person.confirmed_at == clock.now()
    assert person.password.startswith("$argon2id$")


def test_an_account_and_its_mail_are_written_together(client):
    client.submit("/register", NEW)
    assert the_person() is not None
    assert waiting() == ["send_account_mail"]


def test_nobody_signs_in_unconfirmed_but_is_told_why_if_the_password_is_right(client):
    client.submit("/register", NEW)
    answer = client.submit("/login", {"email": NEW["email"], "password": PASSWORD})
    assert "Confirm your address first" in text_of(answer)
    assert not is_signed_in(client)
    answer = client.submit("/login", {"email": NEW["email"], "password": "not the right one"})
    assert "Confirm your address first" not in text_of(answer)


def test_the_link_is_sent_again_and_works_once(client, mailbox, run_jobs):
    client.submit("/register", NEW)
    client.submit("/confirm", {"email": NEW["email"]})
    run_jobs()
    first, second = mailbox
    assert "is confirmed" in text_of(client.submit(link_in(second), follow_redirects=True))
    assert "You can sign in" in text_of(client.get(link_in(first), follow_redirects=True))


def test_a_made_up_link_confirms_nobody(client):
    assert "does not work" in text_of(client.get("/confirm/made-up", follow_redirects=True))


def link_with(digest: str) -> str:
    """The link to confirm with, as it was when its digest was made so."""
    token = current_app.extensions["security"].confirm_serializer.dumps([the_person().fs_uniquifier, digest])
    return f"/confirm/{token}"


def test_a_link_carries_a_plain_digest_which_costs_nothing_to_make(client):
    client.submit("/register", NEW)
    token = generate_confirmation_token(the_person())
    _, digest = current_app.extensions["security"].confirm_serializer.loads(token)
    assert digest == sha256(NEW["email"].encode()).hexdigest()


def test_a_link_sent_when_digests_were_made_slowly_still_confirms(client):
    client.submit("/register", NEW)
    slow = sha256_crypt.using(rounds=1000).hash(NEW["email"])
    answer = client.submit(link_with(slow), follow_redirects=True)
    assert "Your address is confirmed" in text_of(answer)


def test_a_slow_link_to_an_address_that_has_changed_confirms_nobody(client):
    client.submit("/register", NEW)
    slow = sha256_crypt.using(rounds=1000).hash("another@example.com")
    answer = client.get(link_with(slow), follow_redirects=True)
    assert "This link does not work" in text_of(answer)
    assert the_person().confirmed_at is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": ""}, "1 to 80 characters"),
        ({"name": "Mia\x07"}, "Write it without"),
        ({"email": "nobody"}, "not an e-mail address"),
        ({"email": ""}, "Type your e-mail address"),
        ({"password": "short"}, "10 characters or more"),
        ({"password": ""}, "Type a password"),
        ({"timezone": "Mars/Olympus"}, "from the list"),
    ],
)
def test_a_wrong_sign_up_says_what_to_mend_and_keeps_what_was_typed(client, change, complaint):
    page = text_of(client.submit("/register", NEW | change))
    assert complaint in page
    assert 'id="errors"' in page
    if "email" not in change:
        assert 'value="mia@example.com"' in page
    assert PASSWORD not in page
    assert the_person() is None


def test_signing_up_with_a_taken_address_looks_the_same_and_warns_its_owner(app, mailbox, run_jobs):
    a_person(email="mia@example.com")
    pages = []
    for email in ("mia@example.com", "new@example.com"):
        page = text_of(app.test_client().submit("/register", NEW | {"email": email}, follow_redirects=True))
        pages.append(re.sub(r'value="[^"]{40,}"', "", page.replace(email, "X")))
    assert pages[0] == pages[1]
    run_jobs()
    [mail] = mailbox.to("mia@example.com")
    assert mail["Subject"] == "You have an account already"
    assert "/reset/" in mail.get_body(("plain",)).get_content()


def test_signing_up_again_before_confirming_sends_the_link_again(client, mailbox, run_jobs):
    a_person(email="mia@example.com", confirmed=False)
    client.submit("/register", NEW)
    run_jobs()
    assert link_in(mailbox[0]).startswith("/confirm/")


@pytest.mark.parametrize("email", ["mia@example.com", "nobody@example.com"])
def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client, email):
    a_person(email="mia@example.com")
    page = text_of(client.submit("/login", {"email": email, "password": "not the right one"}))
    assert "Address and password do not match" in page
    assert not is_signed_in(client)


def test_somebody_switched_off_cannot_sign_in_and_is_signed_out(client):
    person = a_person()
    client.sign_in(person)
    person.active = False
    session().commit()
    assert not is_signed_in(client)
    answer = client.submit("/login", {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 200


def test_remember_me_outlives_the_session(client):
    person = a_person()
    client.submit("/login", {"email": person.email, "password": PASSWORD, "remember": "yes"})
    client.delete_cookie("session")
    assert is_signed_in(client)
    remembered = client.get_cookie("remember_token")
    assert remembered.http_only
    assert remembered.same_site == "Lax"


def test_without_remember_me_the_session_is_all_there_is(client):
    client.sign_in(a_person())
    client.delete_cookie("session")
    assert not is_signed_in(client)


def test_signing_out_is_a_post_with_a_csrf_token(client):
    client.sign_in(a_person())
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 400
    assert is_signed_in(client)
    client.submit("/logout", seen="/account")
    assert not is_signed_in(client)


@pytest.mark.parametrize("path", ["/login", "/register", "/reset", "/confirm"])
def test_a_form_without_csrf_token_is_refused(client, path):
    answer = client.post(path, data=NEW)
    assert answer.status_code == 400
    assert "This form is out of date" in text_of(answer)
    assert the_person() is None


ELSEWHERE = ["https://evil.example/", "//evil.example", "///evil.example", "\\\\evil.example", "http:evil.example"]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_next_leads_nowhere_else(client, elsewhere):
    person = a_person()
    form = {"email": person.email, "password": PASSWORD}
    for answer in (
        client.submit("/login", form | {"next": elsewhere}),
        client.submit("/login", form, query_string={"next": elsewhere}),
    ):
        # A browser takes a backslash for a slash.
        to = urljoin("http://localhost/login", answer.headers.get("Location", "").replace("\\", "/"))
        assert urlsplit(to).netloc == "localhost"


def test_next_leads_back_to_where_one_was(client):
    answer = client.get("/account/tokens?a=1")
    assert answer.headers["Location"] == "/login?next=/account/tokens?a%3D1"
    person = a_person()
    form = {"email": person.email, "password": PASSWORD, "next": "/account/tokens?a=1"}
    assert client.submit("/login", form).headers["Location"] == "/account/tokens?a=1"


def test_after_a_sign_up_one_goes_on_where_it_began(client, mailbox, run_jobs):
    client.submit("/register", NEW | {"next": "/@ada?at=10"})
    run_jobs()
    assert client.submit(link_in(mailbox[0])).headers["Location"] == "/signed-in"
    assert client.get("/signed-in").headers["Location"] == "/@ada?at=10"
    assert client.get("/signed-in").headers["Location"] != "/@ada?at=10"


def test_a_sign_up_is_not_led_elsewhere(client):
    client.submit("/register", NEW | {"next": "https://evil.example"})
    with client.session_transaction() as kept:
        assert "after_sign_in" not in kept


def test_whoever_has_not_signed_in_arrives_at_the_front(client):
    assert client.get("/signed-in").headers["Location"] == "/"


def test_a_posted_form_leads_back_to_its_page(client):
    page = text_of(client.get("/login"))
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    headers = {"Referer": "http://localhost/account/tokens?x=1"}
    kept = client.post("/account/tokens", data={"csrf_token": token}, headers=headers)
    assert kept.headers["Location"] == "/login?next=/go-on"
    # A password is never kept, so the way leads to the page of the form.
    never = client.post("/account/tokens", data={"csrf_token": token, "password": "x"}, headers=headers)
    assert never.headers["Location"] == "/login?next=/account/tokens"


def test_a_forgotten_password_is_chosen_anew(client, browser_of, mailbox, run_jobs):
    person = a_person(email="mia@example.com")
    elsewhere = browser_of(person)
    client.submit("/reset", {"email": person.email})
    run_jobs()
    link = link_in(mailbox[0])
    answer = client.submit(
        link, {"password": "a whole new password", "password_confirm": "a whole new password"}, follow_redirects=True
    )
    assert "Sign in with the new one" in text_of(answer)
    assert not is_signed_in(elsewhere)
    run_jobs()
    assert mailbox[1]["Subject"] == "Your password was changed"
    client.sign_in(person, "a whole new password")
    assert is_signed_in(client)
    again = client.get(link, follow_redirects=True)
    assert "was used" in text_of(again)


def test_a_forgotten_password_is_not_changed_by_a_careless_form(client, mailbox, run_jobs):
    person = a_person(email="mia@example.com")
    client.submit("/reset", {"email": person.email})
    run_jobs()
    link = link_in(mailbox[0])
    page = text_of(
        client.submit(link, {"password": "a whole new password", "password_confirm": "another one entirely"})
    )
    assert "The two do not match" in page
    client.sign_in(person)


@pytest.mark.parametrize("email", ["nobody@example.com", "mia@example.com"])
def test_asking_for_a_new_password_tells_nobody_who_has_an_account(client, email, mailbox, run_jobs):
    a_person(email="mia@example.com")
    answer = client.submit("/reset", {"email": email})
    assert f"If {email} has an account" in text_of(answer)
    run_jobs()
    assert len(mailbox) == (email == "mia@example.com")


def test_who_never_confirmed_gets_that_link_instead_of_a_new_password(client, mailbox, run_jobs):
    person = a_person(confirmed=False)
    client.submit("/reset", {"email": person.email})
    run_jobs()
    assert link_in(mailbox[0]).startswith("/confirm/")


def test_links_lead_to_our_address_whatever_host_the_request_claims(client, mailbox, run_jobs):
    person = a_person()
    page = text_of(client.get("/reset", base_url="http://evil.example"))
    form = {"email": person.email, "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)}
    assert client.post("/reset", data=form, base_url="http://evil.example").status_code == 200
    run_jobs()
    assert link_in(mailbox[0]).startswith("/reset/")
    assert "evil.example" not in mailbox[0].as_string()


def test_a_password_is_changed_and_others_are_signed_out(client, browser_of, mailbox, run_jobs):
    person = a_person()
    elsewhere = browser_of(person)
    client.sign_in(person)
    new = "a whole new password"
    answer = client.submit(
        "/change",
        {"password": PASSWORD, "new_password": new, "new_password_confirm": new},
    )
    assert answer.headers["Location"] == "/account"
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    run_jobs()
    assert mailbox[0]["Subject"] == "Your password was changed"


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({"password": "wrong"}, "not your present password"),
        ({"new_password": PASSWORD, "new_password_confirm": PASSWORD}, "differs from the present"),
        ({"new_password_confirm": "something else"}, "do not match"),
    ],
)
def test_a_wrong_change_of_password_says_what_to_mend(client, form, complaint):
    client.sign_in(a_person())
    right = {"password": PASSWORD, "new_password": "a new one of mine", "new_password_confirm": "a new one of mine"}
    assert complaint in text_of(client.submit("/change", right | form))


def test_an_address_changes_when_the_new_one_is_confirmed(client, mailbox, run_jobs):
    person = a_person(email="old@example.com")
    client.sign_in(person)
    answer = client.submit("/change-email", {"email": "new@example.com"})
    assert "old@example.com" in text_of(answer)
    run_jobs()
    [mail] = mailbox.to("new@example.com")
    assert the_person("old@example.com") is not None
    assert client.submit(link_in(mail)).headers["Location"] == "/login"
    assert the_person("new@example.com").id == person.id
    run_jobs()
    [notice] = mailbox.to("old@example.com")
    assert "new@example.com" in notice.get_body(("plain",)).get_content()
    assert "account.address_changed" in [entry.action for entry in audit.timeline_of(person.id)]
    assert "new@example.com has an account. Sign in with it" in text_of(
        client.get(link_in(mail), follow_redirects=True)
    )


def test_an_address_that_is_taken_is_not_given_away(client, mailbox, run_jobs):
    a_person(email="taken@example.com")
    client.sign_in(a_person())
    taken = text_of(client.submit("/change-email", {"email": "taken@example.com"}))
    assert "If nobody has taken@example.com yet" in taken
    run_jobs()
    assert mailbox == []


def test_an_address_taken_while_the_mail_was_under_way_stays_with_its_owner(client, mailbox, run_jobs):
    client.sign_in(a_person(email="old@example.com"))
    client.submit("/change-email", {"email": "new@example.com"})
    run_jobs()
    a_person(email="new@example.com")
    assert "This link was used" in text_of(client.get(link_in(mailbox[0]), follow_redirects=True))
    assert the_person("old@example.com") is not None


def test_admin_pages_exist_for_admins_alone(app):
    page = admin_only(lambda: "the books")
    with app.test_request_context("/admin/payouts"):
        assert page().headers["Location"] == "/login?next=/admin/payouts"
    with app.test_request_context("/admin/payouts"):
        login_user(a_person())
        with pytest.raises(NotFound):
            page()
    with app.test_request_context("/admin/payouts"):
        login_user(an_admin())
        assert page() == "the books"


@pytest.mark.parametrize(("cookie", "zone"), [("Asia/Tokyo", "Asia/Tokyo"), ("Mars/Olympus", "UTC"), ("", "UTC")])
def test_a_passer_by_sees_times_in_the_zone_of_the_browser(app, cookie, zone):
    with app.test_request_context("/", headers={"Cookie": f"zone={cookie}"}):
        assert viewers_zone() == zone


@pytest.mark.real
def test_too_many_tries_are_slowed_down_for_that_address(real_app):
    limited = create_app(replace(real_app.extensions["settings"], ratelimit_enabled=True))
    limited.test_client_class = PageClient
    client = limited.test_client()
    answers = [client.submit("/login", {"email": "mia@example.com", "password": "wrong one"}) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert "choose a new password by the link that we mail you" in text_of(answers[-1])
    assert client.submit("/login", {"email": "else@example.com", "password": "wrong one"}).status_code == 200
    with limited.app_context():
        db.engine.dispose()
