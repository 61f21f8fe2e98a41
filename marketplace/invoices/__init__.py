"""Invoices and credit notes. Numbered without gaps per seller, made once for each fact, never changed afterwards."""
