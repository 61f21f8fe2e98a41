"""Commands: write minutes down, take them back, let a timer run."""
