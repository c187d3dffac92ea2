"""Questions: parsed into a query one can read, answered from the graph with the sentences that say so."""
