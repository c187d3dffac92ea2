"""Unified social credit codes (GB 32100-2015) beside the names of firms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from graph.model import Kind, Relation, Role, Status
from ingest.model import Claim, Extraction, Mention, Name
from ingest.roster import valid_uscc
from ingest.script import fold

REACH = 40
"""A code belongs to the last firm that is named at most so many characters before it, in its own sentence."""

_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])")
_BREAK = re.compile("[。！？!?\n]")


def stated(extraction: Extraction) -> Iterator[Claim]:
    """What a document says of the codes of firms: one description a code whose check sign holds."""
    text = extraction.document.text
    folded = fold(text)
    firms = [one for one in extraction.mentions if one.name.kind in (Kind.ENTERPRISE, Kind.INSTITUTION)]
    for found in _CODE.finditer(folded.text):
        if not valid_uscc(found[0]):
            continue
        start, end = folded.original(*found.span())
        firm = _before(firms, start)
        if firm and start - firm.end <= REACH and not _BREAK.search(text[firm.end : start]):
            parties = ((Role.SUBJECT, firm.name),)
            yield Claim(
                Relation.DESCRIBED, parties, firm.start, end, Status.ACTIVE, "credit code", values={"uscc": found[0]}
            )


def _before(firms: Sequence[Mention], start: int) -> Mention | None:
    return max((one for one in firms if one.end <= start), key=lambda one: one.end, default=None)


def codes(claims: Iterable[Claim]) -> dict[Name, str]:
    """The code of each name that its document gives exactly one valid code."""
    found: dict[Name, set[str]] = {}
    for claim in claims:
        code = str(claim.values.get("uscc", ""))
        if claim.relation is Relation.DESCRIBED and claim.status is not Status.DENIED and valid_uscc(code):
            found.setdefault(claim.parties[0][1], set()).add(code)
    return {name: next(iter(some)) for name, some in found.items() if len(some) == 1}
