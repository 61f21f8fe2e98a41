"""Invariants: what must always hold, as queries; admins are told what does not."""
