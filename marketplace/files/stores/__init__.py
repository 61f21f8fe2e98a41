"""Folders and buckets: what keeps files outside PostgreSQL, behind one interface.

Never called inside a transaction. Each raises StoreUnavailable where it does not answer.
"""
