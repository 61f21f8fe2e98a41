"""The kinds of help that are sold, and the one that is not."""
