"""The WSGI entry point: `granian --interface wsgi wsgi:app`."""

import gc

from marketplace.app import create_app

app = create_app()
# What an application is made of stays for as long as it serves. Otherwise now and then a request waits for a fifth of a
# second until Python has looked through all of it for what nobody uses.
gc.collect()
gc.freeze()
