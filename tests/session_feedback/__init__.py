"""What sessions were."""
