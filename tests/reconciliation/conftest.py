"""The people and the session of the invariants' tests."""

from tests.invariants.conftest import ada, alma, mia, offering, paid

__all__ = ["ada", "alma", "mia", "offering", "paid"]
