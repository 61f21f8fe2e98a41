"""Tables that are declared by their columns, as the style guide has one: sorted, paged and downloaded by address."""

import csv
import io
import re

import pytest


def page_of(client, query="", status=200):
    answer = client.get(f"/styleguide{query}")
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_a_column_is_sorted_by_its_link_and_the_other_way_round_by_the_next(client):
    page = page_of(client)
    assert 'aria-sort="ascending"><a href="/styleguide?sort=-mentee">' in page
    assert '<a href="/styleguide?sort=-price_cents">Price</a>' in page
    page = page_of(client, "?sort=-price_cents")
    assert 'class="amount" aria-sort="descending"><a href="/styleguide?sort=price_cents">' in page


def test_links_keep_what_else_the_address_says_but_the_page(client):
    page = page_of(client, "?sort=starts_at&page=1&search=mia")
    assert 'href="/styleguide?sort=starts_at&amp;page=2&amp;search=mia" rel="next"' in page
    assert 'href="/styleguide?sort=-starts_at&amp;search=mia"' in page
    assert 'href="/styleguide?sort=starts_at&amp;search=mia&amp;format=csv"' in page
    assert '<input type="hidden" name="sort" value="starts_at">' in page


@pytest.mark.parametrize(
    "query", ["?sort=secret", "?sort=minutes", "?sort=--mentee", "?page=0", "?page=x", "?page=99999"]
)
def test_what_a_table_cannot_do_is_said_and_the_usual_is_shown(client, query):
    page = page_of(client, query, status=422)
    assert 'aria-sort="ascending"><a href="/styleguide?sort=-mentee' in page


def test_numbers_stand_at_the_end_of_the_line_and_each_cell_has_its_heading_for_phones(client):
    page = page_of(client)
    assert re.search(r'<td role="cell" data-label="Price" class="amount"><div><span class="amount">12.34 USD', page)


def test_all_rows_come_as_a_file_with_iso_times_and_plain_amounts(client):
    answer = client.get("/styleguide?format=csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    assert rows[0] == ["mentee", "starts_at", "price_cents", "price_cents_currency", "minutes", "state"]
    assert rows[1] == ["Mia Mentee", "2027-03-01T09:00:00+00:00", "12.34", "usd", "30", "Confirmed"]
    assert len(rows) == 4
