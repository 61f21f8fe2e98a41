"""Billing parties: who pays for a thing in its owner's stead, as its invoices name them. Fixed once it is paid."""
