"""What mentees and coaches are written about written answers."""
