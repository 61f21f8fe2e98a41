"""Signing up: an account is nobody's until its address is confirmed, and the latest sign-up replaces those before."""
