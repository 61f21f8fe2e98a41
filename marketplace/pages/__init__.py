"""HTML pages: a view loads a schema, calls a command, renders a template."""
