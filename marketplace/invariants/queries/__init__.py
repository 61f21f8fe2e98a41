"""Looking at invariants and what the last looks found; comparisons of the books; what the sweeps did."""
