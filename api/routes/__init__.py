"""One module a resource; each route says what it needs and what it gives."""
