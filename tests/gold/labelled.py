"""Labelled documents as plain values, from JSON lines or from the readable inline form of `ingest/training`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.train.labelled import unmarked

Json = dict[str, Any]


def read(path: Path) -> list[Json]:
    """The documents of a file, inline (.txt) or JSON lines. Raises ValueError naming the document."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".txt":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return [_document(block) for block in re.split(r"(?m)^=== ", text)[1:]]


def _document(block: str) -> Json:
    head, _, body = block.partition("\n")
    name, lang, title, date = ([part.strip() for part in head.split("|")] + ["", "", ""])[:4]
    marked, stated, relations = body.partition("\n--- relations")
    if not stated:
        raise ValueError(f"{name}: no line '--- relations' after the text")
    text, entities = _names(marked.strip("\n"))
    inside = [_relation(line, text, entities, name) for line in relations.splitlines() if line.strip()]
    once = {(one["type"], one["head"], one["tail"], *one["kind"]): one for one in reversed(inside)}
    return {
        "doc_id": name,
        "lang": lang,
        "title": title,
        "date": date,
        "text": text,
        "entities": entities,
        "relations": [one for one in inside if one in once.values()],
    }


def _names(marked: str) -> tuple[str, list[Json]]:
    text, labels = unmarked(marked)
    entities = [
        {
            "start": one.start,
            "end": one.end,
            "surface": text[one.start : one.end],
            "type": one.kind.value,
            "canonical": one.name,
        }
        for one in labels
    ]
    return text, entities


def _relation(line: str, text: str, entities: list[Json], where: str) -> Json:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) < 4 or parts[3] not in text:
        raise ValueError(f"{where}: TYPE | head | tail | words of the text, not: {line.strip()[:80]}")
    kind, head, tail, words = parts[:4]
    start = text.find(words)
    end = start + len(words)
    inside = {one["canonical"] for one in entities if start <= one["start"] and one["end"] <= end}
    return {
        "type": kind,
        "head": head,
        "tail": tail,
        "evidence_start": start,
        "evidence_end": end,
        "status": (parts[4] if len(parts) > 4 else "") or "stated",
        "kind": [one for one in re.split(r"[+,、]", parts[5]) if one] if len(parts) > 5 else [],
        "directed": kind != "COLLABORATES" or (len(parts) > 6 and parts[6] == "directed"),
        "arg_outside_evidence": [name for name in (head, tail) if name not in inside],
    }


def script(document: Mapping[str, Any]) -> str:
    """zh-Hans, zh-Hant or en; "other" where the label says something else."""
    lang = str(document.get("lang") or "")
    return lang if lang in ("zh-Hans", "zh-Hant", "en") else "other"
