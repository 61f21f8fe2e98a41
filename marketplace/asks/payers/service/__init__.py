"""Commands about who pays: their details, the link, paying by it."""
