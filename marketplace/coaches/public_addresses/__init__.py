"""The coaches whom everybody may see, by the thousand: for lists of pages."""
