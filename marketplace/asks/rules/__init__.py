"""Rules of asks: the brief and its points, the price, how many a coach takes, states."""
