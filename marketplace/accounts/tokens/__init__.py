"""Access tokens for the API: a token never makes what it is not, and none lives longer than a year."""
