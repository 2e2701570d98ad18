"""What happened, as a reader wants it: lines, rows and facts in French, for whoever stands above."""
