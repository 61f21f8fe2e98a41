"""Naming another coach, who has agreed to be named, with a no. Nothing of the ask is shown to them."""
