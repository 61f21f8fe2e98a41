"""Meeting links: a coach's own, or a room for each session, shown shortly before it."""
