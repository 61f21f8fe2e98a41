"""Accounts: people, how they sign in, what they may do. An address is theirs only once they confirmed it."""
