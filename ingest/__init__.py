"""From documents to the graph. Imports graph only."""
