"""The scene of asks: Mia asks Ada for three quarters of an hour."""

from tests.asks.conftest import ask

__all__ = ["ask"]
