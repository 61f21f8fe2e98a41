"""Sentences: found by their English, filled with values, for one or several, later or now; and the pseudo-locale."""

import json

import pytest
from jinja2 import Environment
from markupsafe import Markup

from marketplace import errors, languages
from marketplace.languages import Preferences, gettext, lazy_gettext, lazy_ngettext, ngettext, speaking
from marketplace.languages.pseudo import pseudo

pytestmark = pytest.mark.pure
PSEUDO = Preferences("ar-XB")


def test_values_are_filled_in_and_a_per_cent_sign_stays():
    assert gettext("%(percent)s %% of %(message)s", percent=10, message="it") == "10 % of it"
    assert ngettext("%(num)s session", "%(num)s sessions", 1) == "1 session"
    assert ngettext("%(num)s session", "%(num)s sessions", 2) == "2 sessions"


def test_a_sentence_of_a_constant_is_in_the_language_of_whoever_reads_it():
    words = lazy_gettext("Pay %(amount)s", amount="1.00 USD")
    assert f"{words}" == words == "Pay 1.00 USD"
    with speaking(PSEUDO):
        assert str(words) == "⟦Ƥáý 1.00 USD" + "~" * 6 + "⟧"
    assert hash(words) == hash(lazy_gettext("Pay %(amount)s"))
    assert words != 3


def test_a_sentence_of_a_constant_may_be_for_one_or_for_several():
    words = lazy_ngettext("%(num)s session of %(name)s", "%(num)s sessions of %(name)s")
    assert [words.of(number, name="Ada") for number in (1, 2)] == ["1 session of Ada", "2 sessions of Ada"]
    with speaking(PSEUDO):
        assert words.of(2, name="Ada").startswith("⟦2 ")


def test_the_pseudo_locale_leaves_to_programs_what_is_theirs():
    assert pseudo('<a href="/x">Open</a> %(name)s 5 %%') == '⟦<a href="/x">Óƥéñ</a> %(name)s 5 %%' + "~" * 14 + "⟧"


def test_the_sentence_of_an_error_is_in_the_language_of_whoever_caused_it():
    with speaking(PSEUDO):
        assert errors.NotAllowed().sentence == pseudo("You may not do this.")
        assert errors.NotAllowed("already said").sentence == "already said"


def template(source: str, **values) -> str:
    environment = Environment(autoescape=True)
    languages.install(environment)
    return environment.from_string(source).render(values)


def test_templates_translate_and_escape():
    source = """{% trans name=name %}
        Hello
        {{ name }}
    {% endtrans %}|{{ _("Hello %(name)s", name=name) }}|{%- trans n=2 -%}
        {{ n }} day
    {%- pluralize -%}
        {{ n }} days
    {%- endtrans %}"""
    assert template(source, name="<b>") == "Hello &lt;b&gt;|Hello &lt;b&gt;|2 days"
    with speaking(PSEUDO):
        assert template("{{ _('Pay') }}") == template("{{ pgettext('a verb', 'Pay') }}") == "⟦Ƥáý~⟧"


def test_a_late_sentence_is_text_in_templates_and_in_json(app):
    assert Markup("%s") % lazy_gettext("a < b") == "a &lt; b"
    assert json.loads(app.json.dumps({"a": lazy_gettext("b")})) == {"a": "b"}


def test_what_is_said_of_one_or_several_needs_a_number():
    with pytest.raises(TypeError, match="no number"):
        template(
            "{% trans price=price, n=2 %}{{ price }}, {{ n }} day{% pluralize %}{{ n }} days{% endtrans %}",
            price="1 USD",
        )
    assert (
        template("{% trans n=2, price='x' %}{{ n }} day, {{ price }}{% pluralize %}{{ n }} days{% endtrans %}")
        == "2 days"
    )
