"""Coaches: profiles, vetting, rate cards. Only an approved coach can be found and booked."""
