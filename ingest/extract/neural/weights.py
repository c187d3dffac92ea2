"""The trained weights that ship: where they are and what they are called. Loads nothing heavy."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

WEIGHTS = Path(__file__).parent / "reader.safetensors"
CARD = Path(__file__).parent / "card.json"


@cache
def fingerprint(trained: Path = WEIGHTS) -> str:
    """The first twelve digits of the SHA-256 of the weights."""
    return hashlib.sha256(trained.read_bytes()).hexdigest()[:12]
