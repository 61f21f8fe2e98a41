"""Messages to people: written with the fact they are about, sent once by the worker."""
