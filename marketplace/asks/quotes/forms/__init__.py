"""What is offered: a session, or an answer in words by a date that a card can be held for."""
