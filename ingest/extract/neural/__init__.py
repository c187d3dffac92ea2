"""Names and relations by a small network on the encoder that the search uses. Importing this package loads no torch."""
