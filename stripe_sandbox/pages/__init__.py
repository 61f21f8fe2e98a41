"""Stripe's pages: hosted checkout, onboarding, Express dashboard, and a look inside."""

from . import checkout, index, onboarding, payment_pages

blueprints = (checkout.blueprint, onboarding.blueprint, index.blueprint, payment_pages.blueprint)
