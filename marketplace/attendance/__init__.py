"""Attendance. Where coach and mentee disagree, the money waits for an admin's decision."""
