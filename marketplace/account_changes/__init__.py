"""Removing admins, deactivating and reactivating people. No admin falls by one alone."""
