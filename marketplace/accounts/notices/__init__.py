"""Security notices: to the present address of an account and to those that it had lately."""
