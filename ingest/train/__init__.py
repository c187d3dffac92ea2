"""Making the weights that ship, from the labelled documents in `ingest/training`."""
