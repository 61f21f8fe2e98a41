"""Signing up, in and out, on Flask-Security. No answer tells who else has an account."""
