"""Signing up, in and out, on Flask-Security. Whoever asks learns nothing of others."""
