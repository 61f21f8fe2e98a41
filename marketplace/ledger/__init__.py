"""Ledger: every cent that moves, once. Rows are balanced by construction and never change."""
