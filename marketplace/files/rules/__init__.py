"""What may be uploaded, what becomes of it, and what it is called. Pure."""
