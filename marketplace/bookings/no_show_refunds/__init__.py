"""No show refunds."""
