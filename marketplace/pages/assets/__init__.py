"""What browsers load beside a page: reduced, named by what is in it, kept for a year.

`flask build-assets` makes style sheets, scripts and the icon beside this file, where git does not look; without it the
packages' own files are served.
"""
