"""Asks: who wants a coach's time says what for, is told the price, and is answered in time."""
