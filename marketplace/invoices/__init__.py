"""Invoices and credit notes: numbered without gaps, once for each fact, never changed."""
