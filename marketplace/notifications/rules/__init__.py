"""What a mail is made of, and what an invite is. Pure."""
