"""Access tokens: one never makes what it is not, and none lives longer than a year."""
