"""Reads: what a coach wrote about her hours, what is free, whether the kept answer is the computed one."""
