"""What a quote may cost: no less than the floor of its length, no more than can be charged."""
