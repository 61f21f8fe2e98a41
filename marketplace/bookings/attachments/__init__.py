"""The files of a brief. Its mentee and its coach open them, nobody else, no admin either."""
