"""Codes beside the names of firms: unified social credit codes (GB 32100-2015) and codes of shares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from graph.model import Kind, Relation, Role, Status
from ingest.model import Claim, Extraction, Mention, Name
from ingest.roster import valid_uscc
from ingest.script import fold

REACH = {"uscc": 40, "stock_code": 60}
"""A code belongs to the last firm that is named at most so many characters before it, in its own sentence."""

_RULES = {"uscc": "credit code", "stock_code": "code of shares"}

_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])")
_STOCK = re.compile(
    r"(?:股票|证券|股份|A股|H股)(?:简称[^,;。]{1,12}[,;])?代[码号][:为是]?(?:SH|SZ|BJ|HK)?(?P<named>\d{4,6})(?!\d)"
    r"|(?<![0-9A-Za-z.])(?P<listed>\d{6}\.(?:SH|SZ|BJ)|\d{4,5}\.HK)(?![0-9A-Za-z])"
)
"""000973 behind 股票代码, or with its exchange: 000973.SZ."""

_BREAK = re.compile("[。！？!?\n]")


def stated(extraction: Extraction) -> Iterator[Claim]:
    """What a document says of the codes of firms: one description a credit code whose check sign holds (`uscc`), one a
    code of shares (`stock_code`)."""
    text = extraction.document.text
    folded = fold(text)
    firms = [one for one in extraction.mentions if one.name.kind in (Kind.ENTERPRISE, Kind.INSTITUTION)]
    for key, code, span in _found(folded.text):
        start, end = folded.original(*span)
        firm = _before(firms, start)
        if firm and start - firm.end <= REACH[key] and not _BREAK.search(text[firm.end : start]):
            parties = ((Role.SUBJECT, firm.name),)
            yield Claim(Relation.DESCRIBED, parties, firm.start, end, Status.ACTIVE, _RULES[key], values={key: code})


def _found(text: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    for found in _CODE.finditer(text):
        if valid_uscc(found[0]):
            yield "uscc", found[0], found.span()
    for found in _STOCK.finditer(text):
        yield "stock_code", found["named"] or found["listed"], found.span()


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
