"""Words that are searched for in profiles: their beginnings, their spellings, how many have them."""
