"""Reschedules: a booking goes to another time in place, never to both, never to none.

A mentee reschedules as the terms allow, at once; a coach proposes, and the mentee accepts or declines. Row, payment,
notes and calendar event stay the same. `service` holds the commands, `intervals` swaps the booking's time.
"""
