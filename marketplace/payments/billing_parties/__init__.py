"""Billing parties: who pays in its owner's stead, as invoices name them.

Fixed once it is paid.
"""
