"""All that is known of one session: its states, money, mails, calendars, Stripe's events, jobs, the audit log."""
