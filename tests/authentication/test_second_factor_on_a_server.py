"""The second factor where every command commits for itself, as on a server."""

from dataclasses import replace

import pytest

from tests.authentication.test_second_factor import set_up, sign_in
from tests.factories import an_admin

pytestmark = pytest.mark.real


@pytest.fixture
def alma(real_app, moment):
    real_app.extensions["settings"] = replace(real_app.extensions["settings"], admin_second_factor="required")
    with real_app.app_context():
        return an_admin("Alma")


def test_an_admin_sets_up_an_authenticator_and_signs_in_with_its_code(real_app, alma, moment):
    browser = real_app.test_client()
    browser.sign_in(alma)
    phone = set_up(browser, moment)
    assert browser.get("/admin").status_code == 200
    another = real_app.test_client()
    sign_in(another, alma)
    code = phone.code()
    another.submit("/tf-validate", {"code": code})
    assert another.get("/admin").status_code == 200
    third = real_app.test_client()
    sign_in(third, alma)
    assert "This code is not right" in third.submit("/tf-validate", {"code": code}).get_data(as_text=True)
