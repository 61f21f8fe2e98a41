"""Rules of invitations: what a text asks for, what it costs, how it is answered. Pure."""
