"""Completions: the coach says how a session ended; unmarked, it took place a day later."""
