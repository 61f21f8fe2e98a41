"""How a coach answers asks, measured and shown. It orders nothing and leaves nobody out."""
