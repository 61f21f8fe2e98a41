"""`make chaos`: many people use a running Fairhour at once while everything around it breaks; then the books are read.

`plan` says what happens, the same for the same seed; `house` runs the system and breaks it, `deeds` are what people do,
`strokes` what strikes them, `settling` lets it come to rest, `checks` names what is wrong then, `proof` shows that it
would be named.
"""
