"""One check a file: clients in, findings out. What asks before a deployment only reads."""
