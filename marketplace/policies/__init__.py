"""The rules of cancelling and moving, by name: what each version says, which one is sold now. Versions never change."""
