"""Passkeys in a real Chromium, whose authenticator is its own virtual one (WebDriver, Virtual Authenticators)."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import CDPSession, Page, expect, sync_playwright

from tests.crashes.conftest import House, house  # noqa: F401  a fixture
from tests.doors import PASSWORD
from tests.factories import a_person, an_admin
from tests.smtp import free_port

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.slow]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(house: House) -> str:  # noqa: F811
    """A web server by a name: passkeys are not made for bare IP addresses."""
    house.settings = replace(
        house.settings, public_url=f"http://localhost:{free_port()}", admin_second_factor="required"
    )
    return house.web()[1]


@pytest.fixture
def page() -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium here; on Debian: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        page = browser.new_context().new_page()
        yield page
        browser.close()


def with_authenticator(page: Page) -> tuple[CDPSession, str]:
    """Plug an authenticator into the page's browser."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return devtools, str(added["authenticatorId"])


def broken_in(page: Page) -> list[str]:
    """What goes wrong in the page's scripts from now on, the content policy's refusals among it."""
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    return broken


def type_password(page: Page, email: str) -> None:
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).first.click()


def test_an_admin_enrols_with_a_passkey_and_lives_by_it(site: str, page: Page) -> None:
    alma, broken = an_admin("Alma"), broken_in(page)
    devtools, authenticator = with_authenticator(page)

    page.goto(f"{site}/login?next=/admin")
    type_password(page, alma.email)
    expect(page.get_by_text("Admins need a second factor")).to_be_visible()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Its name").fill("This laptop")
    page.get_by_role("button", name="Add this passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("button", name="Make new recovery codes").click()
    assert len(devtools.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]) == 1
    page.goto(f"{site}/admin")
    expect(page).to_have_url(f"{site}/admin")

    # Instead of the password.
    sign_out(page)
    page.goto(f"{site}/login?next=/admin")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{site}/admin")

    # After the password.
    sign_out(page)
    page.goto(f"{site}/login")
    type_password(page, alma.email)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{site}/admin")
    page.goto(f"{site}/account/passkeys")
    expect(page.get_by_text("This laptop")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("This is your last second factor")).to_be_visible()
    assert broken == []


def test_a_passkey_steps_up_where_a_password_would(house: House, site: str, page: Page) -> None:  # noqa: F811
    mia = a_person("Mia")
    with_authenticator(page)
    page.goto(f"{site}/login?next=/account/passkeys/new")
    type_password(page, mia.email)
    page.get_by_role("button", name="Add this passkey").click()
    expect(page.get_by_text("is added")).to_be_visible()

    house.advance(minutes=31)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Your password, once more")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Delete it from your device too")).to_be_visible()


def test_a_browser_without_passkeys_is_told_so_and_signs_in_by_password(site: str, page: Page) -> None:
    mia = a_person("Mia")
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto(f"{site}/login?next=/account/passkeys/new")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    type_password(page, mia.email)
    expect(page.get_by_text("This browser cannot use passkeys")).to_be_visible()
    expect(page.get_by_label("Its name")).to_be_hidden()


def test_who_cancels_is_told_and_tries_again(site: str, page: Page) -> None:
    devtools, authenticator = with_authenticator(page)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.goto(f"{site}/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No passkey was used")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()
