"""What is mailed about acts of sponsorship."""
