"""The WSGI entry point: `granian --interface wsgi wsgi:app`."""

import gc

# While it is put together hardly anything becomes garbage: looking for it would take a fifth of the time to start.
gc.disable()

from marketplace.app import create_app  # noqa: E402

app = create_app()
# What an application is made of stays for as long as it serves. Otherwise now and then a request waits for a fifth of a
# second until Python has looked through all of it for what nobody uses.
gc.collect()
gc.freeze()
gc.enable()
