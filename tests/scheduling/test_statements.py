"""Statements stand whole in files of their own."""

import re

from marketplace.scheduling.queries import statements

SEARCH = (statements.FOLDER / "search.sql").read_text()
FITS = re.compile(r"-- fits\n\s+and (greatest\(.*?make_interval\(days => l\.horizon_days\))", re.DOTALL)


def test_a_statement_is_found_by_its_name_and_has_no_comments() -> None:
    assert {"notices", "walk", "met_before", "offerings", "next_ranges"} <= set(statements.sources())
    written = statements.written("notices")
    assert not written.parameters
    assert written.sql.startswith("with recursive step (hours) as (")
    assert written.sql.endswith("'force_generic_plan', true)")
    assert "--" not in written.sql


def test_whether_a_session_fits_is_written_alike_wherever_it_is_asked() -> None:
    found = [" ".join(written.split()) for written in FITS.findall(SEARCH)]
    assert len(found) == SEARCH.count("-- fits\n") == 3
    assert len(set(found)) == 1


def test_a_line_about_a_criterion_stands_only_where_it_is_given() -> None:
    criteria = statements.conditions("offerings")
    assert criteria == {"kind", "minutes", "currency", "max_price_cents"}
    assert not criteria & set(statements.written("offerings").parameters)
    cheap = statements.written("offerings", frozenset({"max_price_cents"}))
    assert cheap.parameters == ("coach_ids", "max_price_cents")
    assert "o.price_cents <= $2" in cheap.sql
