"""Outcomes of quotes: what became of the time, the credit or the answer that was taken for one."""
