"""HTML pages for coaches, mentees, admins and visitors: a view loads a schema, calls a command, renders."""
