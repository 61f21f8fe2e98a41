"""`make chaos`: many clients use a running Fairhour under faults; then all is checked.

`plan` says what happens, the same for the same seed; `house` runs the system and breaks it, `deeds` are what people do,
`strokes` what strikes them, `settling` lets it come to rest, `checks` names what is wrong then, `proof` shows that it
would be named.
"""
