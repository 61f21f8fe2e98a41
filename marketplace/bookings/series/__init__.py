"""Series: the same hour of the coach's clock again and again, held and paid at once."""
