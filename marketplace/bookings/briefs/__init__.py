"""What a session is to be about: its mentee may say it anew until it begins."""
