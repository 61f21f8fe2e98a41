"""What a new password has to be."""
