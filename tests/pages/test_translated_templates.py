"""Every sentence of every page is looked up in the reader's language."""

import pytest

from tests.pages.untranslated import TEMPLATES, templates, untranslated

pytestmark = pytest.mark.pure


def test_each_sentence_of_each_template_is_translated():
    found = {name: untranslated((TEMPLATES / name).read_text()) for name in templates()}
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hold this time</p>", ["Hold this time"]),
        ('<p>{{ _("Hold this time") }}</p>', []),
        ("<p>{% trans name=x %}Cancelled by {{ name }}{% endtrans %}</p>", []),
        ("<p>{{ name }} did not come</p>", ["… did not come"]),
        ("<p>{{ name }}, {{ price }} · 14:03</p>", []),
        ('<a title="Open it">{{ x }}</a>', ["Open it"]),
        ('<a aria-label="{{ _(\'Open it\') }}" class="btn btn-link" href="/coaches">→</a>', []),
        ("<p>{{ 'Not paid' if late else '' }}</p>", ["Not paid"]),
        ("<p class=\"{{ 'day day-empty' if late else 'quiet' }}\"></p>", []),
        ('{{ field("name", "Your name") }}', ["Your name"]),
        ('{{ field("name", _("Your name"), maxlength=40) }}', []),
        ("{% if kind == 'Not paid' %}{% endif %}", []),
        ('{% extends "base.html" %}{% include "admin/_tabs.html" %}', []),
        ('<code>GET /coaches</code><span translate="no">Stripe</span>', []),
        ('<meta name="description" content="Paid mentoring">', ["Paid mentoring"]),
        ('<meta name="viewport" content="width=device-width">', []),
        ("<p>{# Not for people #}</p>", []),
    ],
)
def test_a_sentence_that_is_not_translated_is_found(source, found):
    assert untranslated(source) == found
