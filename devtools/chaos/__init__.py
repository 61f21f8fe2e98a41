"""`make chaos`: many clients use a running Fairhour under faults; then all is checked.

`plan` is the same for the same seed; `system` runs Fairhour's processes, `dataset` makes the people, `operations` are
what they do, `faults` are injected meanwhile, `quiescence` lets everything come to rest, `invariants` names what
is wrong then, and `proof` shows that it would be named.
"""
