"""What a developer's machine needs and a server does not; marketplace imports nothing of it."""
