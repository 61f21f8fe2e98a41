"""What comes in and goes out about hours and free times, for the pages and the API alike."""
