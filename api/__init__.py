"""The ways in: command line, HTTP, pages. Imports graph and ingest."""
