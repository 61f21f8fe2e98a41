"""What those who ask, and coaches who are asked, are written."""
