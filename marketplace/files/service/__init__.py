"""Commands: examine what was sent, keep it, sweep what nobody refers to."""
