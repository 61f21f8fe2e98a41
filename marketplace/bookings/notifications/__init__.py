"""Notifications: what coach and mentee are told of a booking, one module for each subject."""
