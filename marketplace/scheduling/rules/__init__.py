"""From wall-clock hours to instants that can be booked. Pure.

An hour counts by what the coach's own clock shows. Where clocks jump ahead the missing times open nothing; where they
go back, the time that is shown twice is open twice.
"""
