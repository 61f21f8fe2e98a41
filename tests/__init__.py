import gc

# What is imported stays: looking through it for garbage, time and again, finds none. conftest.py begins again.
gc.disable()
