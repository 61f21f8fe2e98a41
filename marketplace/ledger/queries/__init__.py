"""Balances, months, statements and single entries; whether what is summed is true."""
