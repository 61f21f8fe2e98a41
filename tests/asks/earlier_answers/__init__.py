"""Earlier answers."""
