"""Every page that a test is given has only classes that the reduced style sheet knows as a word."""

import re
from functools import cache

from werkzeug.test import TestResponse

from marketplace.pages.assets import build
from marketplace.pages.assets.stylesheets import words_of


def hold(answer: TestResponse) -> None:
    """Fail where a class of Bootstrap's would be without its rules once assets are built."""
    if answer.mimetype == "text/html":
        classes = {
            each for named in re.findall(r'class="([^"]*)"', answer.get_data(as_text=True)) for each in named.split()
        }
        lost = {name for name in classes & _of_bootstrap() if not _words().may_be(name)}
        assert not lost, f"no template, script or page module has the word: {sorted(lost)}"


@cache
def _of_bootstrap() -> frozenset[str]:
    return frozenset(re.findall(r"\.([a-z][\w-]*)", build.bootstrap()))


_words = cache(lambda: words_of(build.speaking_of_classes()))
