"""Finding passages: the embedder, its weights, and the fusion of words, meaning and names."""
