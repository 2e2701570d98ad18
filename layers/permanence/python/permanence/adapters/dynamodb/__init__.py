"""The one table: every access pattern is a key or an index query, none a scan (docs/data-model.md)."""
