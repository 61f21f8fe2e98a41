"""The coaches whom everybody may see, by the thousand: for the lists that search engines read."""
