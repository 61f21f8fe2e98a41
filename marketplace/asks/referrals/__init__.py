"""Naming another coach, who has agreed to it, with a no.

Nothing of the ask is shown to them.
"""
