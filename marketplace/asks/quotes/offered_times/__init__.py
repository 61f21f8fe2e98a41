"""Times that go with a quote, held as long as it stands.

One is held at once, of several the one that is picked.
"""
