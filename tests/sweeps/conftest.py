"""The people and the session of the invariants' tests."""

from tests.invariants.conftest import paid

__all__ = ["paid"]
