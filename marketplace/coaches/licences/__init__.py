"""Licences of therapists: checked by an admin, for one jurisdiction, until a day."""
