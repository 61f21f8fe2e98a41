"""Two edits of what both have read, at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.doors import ApiClient
from tests.factories import a_person

pytestmark = pytest.mark.real

EDITORS = 6


def test_one_is_made_and_the_others_are_told(real_app):
    with real_app.app_context():
        mia = a_person("Mia")
        programs = [ApiClient.of(real_app, mia, ("read", "write")) for _ in range(EDITORS)]
    seen = programs[0].get("/me").headers["ETag"]
    gate = Barrier(EDITORS)

    def change(number, program):
        gate.wait()
        return program.patch("/me", {"name": f"Mia {number}"}, If_Match=seen).status_code

    with ThreadPoolExecutor(EDITORS) as threads:
        answers = list(threads.map(change, range(EDITORS), programs))
    assert sorted(answers) == [200] + [412] * (EDITORS - 1)
    winner = answers.index(200)
    assert programs[0].get("/me").json["name"] == f"Mia {winner}"
