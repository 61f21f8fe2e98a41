"""Benchmarks. Each prints ratios against a floor of the same run, and one JSON object as its last line.

Machines differ and are noisy: a ratio within one run says something, a number of milliseconds hardly ever.
"""
