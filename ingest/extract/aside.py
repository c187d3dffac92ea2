"""What stands aside of a sentence: where a party sits or what it is, between the party and its verb.

"A, based in P, signed … with B" and "P的A与Q的B签署…" say two things each: where the parties sit, and that they signed.
A pattern that starts inside such an aside takes its words for the subject of the sentence. So patterns are tried on
the sentence as it is, where a match may not run out of an aside, and once more without its asides.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.extract.skeleton import ORGANISATION, Skeleton

_ORG = f"[{ORGANISATION}]"
_FIRM = "[\ue100-\ue2ff]"
_PLACES = "[\ue000-\ue0ff\ue400-\ue4ff](?:的?[\ue000-\ue0ff\ue400-\ue4ff])*"
_PLACES_EN = "(?:the )?[\ue000-\ue0ff\ue400-\ue4ff](?:, [\ue000-\ue0ff\ue400-\ue4ff])*"
_TRAIL_EN = "(?:, [\ue400-\ue4ff])*,(?= )"
_ENGLISH = re.compile(
    rf"(?<={_ORG})(?: \([^().;]{{1,120}}\)"
    rf"|, (?:which|who|whose|that is) [^.;,()]{{1,120}}{_TRAIL_EN}"
    rf"|, (?:now |also )?(?:based|headquartered|located|situated|founded|established|set up|listed|backed|owned|led) "
    rf"[^.;,()]{{1,120}}{_TRAIL_EN}"
    rf"|, (?:an?|the|one of|part of|its) (?=[A-Za-z])[^.;,()]{{1,120}}{_TRAIL_EN})"
    rf"|(?<={_FIRM}) (?:of|from) {_PLACES_EN}(?= (?:and|has|have|will|[a-z]+(?:ed|s)) )"
)
_SEAT = "(?:公司)?(?:总部)?(?:位于|坐落于|坐落在|地处|设在|设于|落户于?|扎根)"
_JOINTLY = (
    "(?:正式|已|将|拟|计划|日前|近日)*"
    "(?:共建|合建|联合|共同|签署|签订|签约|合作|合资|达成|携手|(?:与|同|和)[\ue100-\ue3ff])"
)
_CHINESE = re.compile(
    rf"(?<={_FIRM})\([^()。;]{{1,60}}\)"
    rf"|(?<={_FIRM}),?{_SEAT}{_PLACES}(?=,)"
    rf"|(?<={_FIRM})在{_PLACES}(?:内|里)?(?={_JOINTLY})"
    rf"|(?:(?:总部)?(?:位于|坐落于|地处|来自|身处))?{_PLACES}(?:内|里)?的"
    rf"(?:[^,。;与和{ORGANISATION}]{{0,14}}(?:企业|公司|厂商|龙头|巨头))?(?={_FIRM})"
)


def asides(made: Skeleton) -> list[tuple[int, int]]:
    """The asides of a symbolic sentence as [start, end), left to right."""
    return [found.span() for found in (_ENGLISH if made.english else _CHINESE).finditer(made.text)]


def without(made: Skeleton, found: list[tuple[int, int]]) -> Skeleton:
    """The symbolic sentence without its asides; what is left keeps its place in the document."""
    kept = [place for place in range(len(made.text)) if not any(start <= place < end for start, end in found)]
    text = "".join(made.text[place] for place in kept)
    return replace(made, text=text, spans=[made.spans[place] for place in kept])


def runs_out(start: int, end: int, found: list[tuple[int, int]]) -> bool:
    """Whether [start, end) begins inside an aside and ends behind it."""
    return any(first <= start < last < end for first, last in found)
