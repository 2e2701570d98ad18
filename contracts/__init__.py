"""The contracts as data, one folder per landlord, and the schema that every folder must satisfy."""
