"""Commands of written answers."""
