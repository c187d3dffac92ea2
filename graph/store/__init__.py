"""Where the graph is kept: `base` (the promises), `bolt` (the one implementation), `cypher` (all statements)."""
