"""The page of one session: each part is prepared for its reader; each action is a command."""
