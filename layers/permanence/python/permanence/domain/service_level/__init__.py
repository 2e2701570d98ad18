"""What calls come to: facts without names, figures, indicators, the month's report."""
