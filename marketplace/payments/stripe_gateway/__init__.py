"""The one room that knows Stripe's SDK. Each call refuses to run inside a transaction.

Calls answer with the small frozen shapes below; amounts are minor units, instants UTC. They raise `Unavailable` where
the outcome is unknown or Stripe is down (ask again under the same key), and `GatewayRefused` for a definite no.
"""
