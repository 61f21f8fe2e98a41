"""A coach's shelf: books, talks and posts, each with a link and a line."""
