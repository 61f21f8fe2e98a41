"""Why money is refunded: codes, with their words for who reads them."""
