"""The whole path in a real browser. A package, so that its browser is gone before the next folder's tests begin."""
