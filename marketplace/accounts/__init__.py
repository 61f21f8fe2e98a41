"""People, their roles and tokens. An address is a person's once they confirmed it."""
