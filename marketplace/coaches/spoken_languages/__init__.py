"""The languages that coaches speak: their codes, and what readers call them."""
