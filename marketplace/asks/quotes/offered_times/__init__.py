"""Times that go with a quote: one is held at once, of several the one that is picked; as long as the quote stands."""
