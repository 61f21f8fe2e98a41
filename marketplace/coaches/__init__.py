"""Coaches: profiles, vetting, rates. Only an approved coach can be found, and her rate card is public."""
