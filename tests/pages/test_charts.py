"""Charts: drawn without style or script of their own, and told in words and numbers too."""

import re

import pytest

from marketplace.pages.charts import BARS, LINES, STACKED, Chart, Series

pytestmark = pytest.mark.pure

MONTHS = ("Jan", "Feb", "Mar")
GROSS = Series("Gross", (120000, None, 60000))


@pytest.mark.parametrize("kind", [BARS, STACKED, LINES])
def test_a_drawing_has_no_style_script_or_colour_of_its_own(kind):
    drawn = Chart("Earned", MONTHS, [GROSS, Series("Fees", (1, 2, 3))], "usd", kind).svg()
    assert re.findall(r"<(\w+)", drawn)[0] == "svg"
    assert set(re.findall(r"<(\w+)", drawn)) <= {"svg", "g", "rect", "path", "circle", "text"}
    assert not re.search(r"style=|fill=|stroke=|script|<!--|xlink", drawn)
    assert 'class="series chart-0"' in drawn
    assert 'class="series chart-1"' in drawn


def test_a_bar_for_each_number_that_there_is():
    drawn = Chart("Earned", MONTHS, [GROSS], "usd").svg()
    assert len(re.findall("<rect", drawn)) == 2


def test_names_are_text():
    drawn = Chart("Earned", ("<b>", "&", '"'), [GROSS], "usd").svg()
    assert "<b>" not in drawn
    assert "&lt;b&gt;" in drawn


def test_the_numbers_are_told_too():
    chart = Chart("Earned", MONTHS, [GROSS], "usd")
    assert list(chart.rows()) == [("Jan", ["1,200.00 USD"]), ("Feb", ["–"]), ("Mar", ["600.00 USD"])]
    assert chart.description() == ["Gross: highest in Jan, 1,200.00 USD."]


def test_nothing_but_noughts_is_no_drawing():
    assert not Chart("Disputes", MONTHS, [Series("Disputes", (0, 0, None))]).has_numbers


def test_long_numbers_are_short_beside_the_axis():
    drawn = Chart("Earned", MONTHS, [GROSS], "usd").svg()
    assert "1.2K" in re.findall(r"<text[^>]*>([^<]+)</text>", drawn)


def test_a_currency_without_decimals_is_not_divided():
    drawn = Chart("Earned", MONTHS, [Series("Gross", (5, 5, 5))], "jpy").svg()
    assert "5" in re.findall(r"<text[^>]*>([^<]+)</text>", drawn)
