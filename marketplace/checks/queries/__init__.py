"""Looking at invariants and what the last looks found; comparisons of the books; what the sweeps did."""

from marketplace.checks.queries.books import (
    Difference,
    comparison,
    comparisons,
    differences_of,
    latest_finished,
)
from marketplace.checks.queries.invariants import Standing, Summary, broken, look, standings, summary
from marketplace.checks.queries.measures import Measures, measures
from marketplace.checks.queries.sweeps import sweeps

__all__ = [
    "Difference",
    "Measures",
    "Standing",
    "Summary",
    "broken",
    "comparison",
    "comparisons",
    "differences_of",
    "latest_finished",
    "look",
    "measures",
    "standings",
    "summary",
    "sweeps",
]
