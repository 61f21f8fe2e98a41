"""Signing up. The latest sign-up of an address that nobody confirmed replaces those before."""
