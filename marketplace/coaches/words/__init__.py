"""Words that are searched for in profiles: how they begin, are spelled, and how many."""
