"""Portraits of demo people."""

import io

import pytest
from PIL import Image

from devtools.demo_portraits import drawn

pytestmark = pytest.mark.pure


def test_a_portrait_is_the_same_each_time_and_another_for_another():
    assert drawn("ada") == drawn("ada")
    assert drawn("ada") != drawn("ben")
    with Image.open(io.BytesIO(drawn("ada"))) as picture:
        assert (picture.format, picture.size) == ("PNG", (640, 640))
