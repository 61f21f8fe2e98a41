"""Commands: a coach says when she is open and how much; what that comes to is kept in step, and proved."""
