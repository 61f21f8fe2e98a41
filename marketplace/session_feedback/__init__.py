"""Session feedback: which kind of help it was, and whether it dealt with what was asked."""
