"""A local, stateful Stripe without money or network, for the official SDK and CLI.

It promises to refuse what Stripe refuses (requests are checked against the SDK's own parameter types), to
answer in Stripe's shapes (responses are tested against the SDK's resource classes), and to keep real double
entry inside, so that `balance` and `balance_transactions` reconcile. What it does not play it refuses by name.

Start it with `python -m stripe_sandbox --port 12111`, or inside a test with `stripe_sandbox.testing.running()`.
"""
