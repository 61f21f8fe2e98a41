"""Waiting for a time. Whoever waited longest is offered what becomes free, for twenty minutes, and nobody else."""
