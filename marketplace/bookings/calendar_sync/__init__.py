"""Calendar sync."""
