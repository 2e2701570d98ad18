"""The decision tree and the walk through it: from what a caller says to what is done."""
