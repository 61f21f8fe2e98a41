"""What a mail, an invite and a message's states are. Pure."""
