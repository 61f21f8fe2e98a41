"""Outcomes of quotes: what became of the time, credit or answer that was taken for one."""
