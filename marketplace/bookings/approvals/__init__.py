"""Approvals: a request, whose money is reserved on a card, waits for its coach's word.

The coach approves and the money is taken, or declines, or does not answer in time; then it is free again.
"""
