"""All that is known of one session: states, money, mails, calendars, Stripe, jobs, audit."""
