"""Read-only Cypher from outside: read by our own grammar, written anew, and only then sent."""
