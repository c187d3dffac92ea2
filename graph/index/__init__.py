"""The composite index of parks. `recipe` reads its choices from TOML, `rank` carries them out."""
