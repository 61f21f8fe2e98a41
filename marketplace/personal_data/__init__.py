"""What is kept of a person: handed out on request, taken away when they leave.

The books stay whole.
"""
