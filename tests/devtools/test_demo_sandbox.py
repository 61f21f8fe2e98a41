"""The sandbox in which the demo's people pay: where the settings look for it, and nowhere else."""

from dataclasses import replace

import pytest
import requests

from devtools import demo_sandbox
from devtools.env import SANDBOX_KEY
from devtools.run import free_port
from marketplace import config


@pytest.fixture
def looked_for(settings, tmp_path):
    """Settings as those of `make run`, by which this test goes."""
    address = f"http://127.0.0.1:{free_port(0)}"
    named = {"stripe_secret_key": SANDBOX_KEY, "stripe_api_base": address, "clock_file": str(tmp_path / "clock.json")}
    chosen = replace(settings, **named)
    token = config.use(chosen)
    yield chosen
    config.leave(token)


def test_it_answers_where_the_settings_look_and_leaves_their_clock_alone(looked_for, tmp_path):
    with demo_sandbox.running_alone() as sandbox:
        assert sandbox.url == looked_for.stripe_api_base
        sandbox.advance(-86_400)
        assert requests.get(f"{sandbox.url}/_sandbox/clock", timeout=10).json()["offset_seconds"] < -86_000
    assert (tmp_path / "sandbox.db").exists()
    assert not (tmp_path / "clock.json").exists()


def test_one_that_runs_already_is_left_alone(looked_for):
    with demo_sandbox.running_alone(), demo_sandbox.running_alone() as second:
        assert second is None


def test_nobody_pays_in_the_demo_at_stripe_itself(looked_for):
    token = config.use(replace(looked_for, stripe_secret_key="sk_test_of_stripe"))
    with demo_sandbox.running_alone() as sandbox:
        assert sandbox is None
    config.leave(token)
