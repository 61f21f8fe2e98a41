"""Tables for spreadsheets: nothing in them is run."""

import csv as reading
import io

import pytest

from marketplace.documents.csv_export import csv


def read(text: str) -> list[list[str]]:
    return list(reading.reader(io.StringIO(text)))


def test_rows_are_read_as_they_were_written():
    said = csv(["who", "cents", "note"], [["Mia, the mentee", -500, None], ['says "hi"', 0, "two\nlines"]])
    assert read(said) == [["who", "cents", "note"], ["Mia, the mentee", "-500", ""], ['says "hi"', "0", "two\nlines"]]


@pytest.mark.parametrize("typed", ["=1+1", "+1 555", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_formula_is_shown_and_not_run(typed):
    assert read(csv(["name"], [[typed]]))[1] == [f"'{typed}"]


@pytest.mark.parametrize("figure", ["-12.50", "+3", "120.00"])
def test_a_number_stays_one(figure):
    assert read(csv(["amount"], [[figure]]))[1] == [figure]


WIDE = ["＝1+1", "＋1", "－1+1", "＠SUM(A1)", "﹦1", "﹢1", "﹣1", "﹫A", "−2+3", "₌1", "⁼1"]


@pytest.mark.parametrize("typed", [*WIDE, " =1+1", "\u200b=1+1", "\ufeff＝1", "\u00a0@A", "\u202e=1"])
def test_a_formula_in_full_width_or_behind_what_is_not_seen_is_not_run_either(typed):
    assert read(csv(["name"], [[typed]]))[1] == [f"'{typed}"]


@pytest.mark.parametrize("typed", ["", " ", "Ada", "日本語", "a=b", "（注）", "１２０", "\u200b"])
def test_what_is_no_formula_stays_as_it_was_typed(typed):
    assert read(csv(["name", "more"], [[typed, "x"]]))[1] == [typed, "x"]
