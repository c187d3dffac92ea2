"""What the rules that stand with mentions and claims mean, in words: `suffix:有限公司`, `trigger:17`, `tagger 0.93`."""

from __future__ import annotations

import re

from ingest import lexicon

_MEANINGS = {
    "gazetteer": "it stands in a table of names (ingest/lexicon)",
    "lac:ORG": "the word segmenter LAC tagged it as an organisation",
    "lac:LOC": "the word segmenter LAC tagged it as a place",
    "lac:park": "LAC tagged it, and it ends as parks do",
    "field:lexicon": "it holds a field of the table of industries or products",
    "field:context": "words that fields stand in surround it, such as 从事… or …产业",
    "field:list": "it stands in a list with fields",
    "fields": "it stands where a sentence lists fields",
    "english:company": "it ends as English names of companies do",
    "english:acts": "a capitalised name that acts as only a company does",
    "english:partners": "a capitalised name in a list of companies",
    "english:within": "a name of its own inside a longer one",
    "english:park": "it ends as English names of parks do",
    "english:institution": "it ends as English names of institutions do",
    "english:government": "it ends as English names of offices do",
    "english:office": "it ends as English names of offices do",
    "english:place": "a capitalised name where a place stands",
    "academy": "a short name of an institute of the Chinese Academy of Sciences",
    "branch": "the firm in the name of its branch office",
    "credit code": "a valid credit code stands beside the name",
    "code of shares": "a code of shares stands beside the name",
    "defined": "the text itself gives it as a short name of a longer one",
    "short form": "a short form of a longer name of the document",
    "document": "the same name is marked elsewhere in the document",
    "ranking": "the title of a published list, or a place on it",
    "sector": "a field behind a park, with words that say it is one of its sectors",
    "roster": "a row of a list of firms",
    "given": "the name was given, not found",
    "llm": "a language model said so, and its words were found in the text",
    "": "nothing is noted",
}
_SCORED = re.compile(r"(?P<model>[a-z][\w -]*?) (?P<score>[01](?:\.\d+)?)")


def meaning(rule: str) -> str:
    """What a rule means; a rule that is not known is repeated.

    >>> meaning("suffix:有限公司"), meaning("tagger 0.93")
    ('it ends in 有限公司', 'the model tagger, with a score of 0.93')
    """
    if rule in _MEANINGS:
        return _MEANINGS[rule]
    if scored := _SCORED.fullmatch(rule):
        return f"the model {scored['model']}, with a score of {scored['score']}"
    name, _, rest = rule.partition(":")
    if name == "suffix":
        return f"it ends in {rest}"
    if name == "party":
        return f"it ends in {rest} and stands where a party of a deal stands"
    if name == "trigger":
        return _trigger(rest)
    return rule


def _trigger(number: str) -> str:
    """The row of triggers.csv; rows move between versions, so the words hold for the version that read the text."""
    rows = lexicon.triggers()
    if not number.isdecimal() or int(number) >= len(rows):
        return f"row {number} of triggers.csv, which is not there now"
    row = rows[int(number)]
    cue = f", on {' or '.join(row.cue[:4])}{' …' if len(row.cue) > 4 else ''}" if row.cue else ""
    return f"pattern {number} of triggers.csv for {row.relation}{cue}: {row.pattern}"
