"""Commands: apply, be vetted, publish rates."""
