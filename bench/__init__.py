"""The figures we promise, measured: `make bench`."""
