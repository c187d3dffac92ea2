"""How results look in a terminal: tables for what is counted, sentences with their source for what is said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.replies import beside, number, ranged, reply

Data = Mapping[str, Any]

_RELATIONS = {"SUPPLIES": "supply", "INVESTS": "investment"}
_WHOLE = ("park", "interval")  # columns that are not broken over lines
_TRACKED = ("read", "added", "changed", "reread", "unchanged", "duplicate", "skipped", "failed")
_LINKED = ("observed", "expected", "ratio", "lo", "hi")  # of a park that links fields: told in one line
_SHOWN_NOTES = 10
_SHOWN_FIRMS = 12
_SHOWN_ROWS = 10
_SHOWN_SCORES = 6


def console() -> Console:
    """Where results go: as wide as the terminal, 110 columns where there is none."""
    plain = Console(highlight=False, emoji=False, markup=False)
    return plain if plain.is_terminal else Console(highlight=False, emoji=False, markup=False, width=110)


def show_summary(summary: Data) -> None:
    """What an ingest did, and one line for each thing that needs attention."""
    out = console()
    counts = ", ".join(f"{summary[key]} {key}" for key in _TRACKED if summary[key] or key == "read")
    out.print(f"documents: {counts}")
    vectors = f"; {summary['vectors']} vectors made" if summary.get("vectors") else ""
    out.print(f"graph: {summary['entities']} entities, {summary['relations']} relations{vectors}")
    if summary["tally"]:
        out.print(f"extractor: {', '.join(f'{number:,} {what}' for what, number in summary['tally'].items())}")
    show_problems(summary["problems"])
    _notes(out, summary["notes"])


def _notes(out: Console, notes: Sequence[str]) -> None:
    for note in notes[:_SHOWN_NOTES]:
        out.print(Text(f"note: {note}", "dim"))
    if len(notes) > _SHOWN_NOTES:
        out.print(Text(f"… and {len(notes) - _SHOWN_NOTES} more notes (--json shows all)", "dim"))


def show_load(load: Data) -> None:
    """What an ingest would read."""
    out = console()
    rest = ", ".join(f"{load[key]} {key}" for key in _TRACKED if load[key] and key != "read")
    out.print(f"documents: {load['read']} found, {load['to_read']} would be read by {load['extractor']}")
    out.print(Text(rest, "dim") if rest else "", end="\n" if rest else "")
    out.print(cost_of(load) if "tokens_in" in load else f"{load['characters']:,} characters")
    show_problems(load["problems"])
    _notes(out, load["notes"])


def cost_of(load: Data) -> str:
    """One line about what a reading by a language model costs, by estimate."""
    price = "no price is set (PARKBOND_LLM_PRICE_IN, PARKBOND_LLM_PRICE_OUT)"
    if load["price"] is not None:
        price = f"about {load['price']:,.4f} at the prices that are set"
    return (
        f"{load['model']}: {load['to_read']:,} documents in {load['requests']:,} requests, about "
        f"{load['tokens_in']:,} tokens to send and {load['tokens_out']:,} to get; {price}"
    )


def show_problems(problems: Sequence[str]) -> None:
    """One line each, to where errors go."""
    errors = Console(stderr=True, highlight=False, emoji=False, markup=False)
    for problem in problems:
        errors.print(Text(f"parkbond: {problem}", "red"), soft_wrap=True)


def show_reindexed(report: Data) -> None:
    """Which model the vectors are of now."""
    out = console()
    if not report["changed"]:
        missing = f"; {report['made']} that were missing were made" if report["made"] else ""
        out.print(f"the {report['vectors']} vectors are of {report['model']} already{missing}")
        return
    before = f" instead of {report['before']}" if report["before"] else ""
    out.print(f"{report['vectors']} vectors of {report['model']}{before}; {report['made']} made in this run")


def show_deleted(report: Data) -> None:
    """What was taken away."""
    out = console()
    for document in report["deleted"]:
        out.print(f"deleted {document}")
    for path in report["kept"]:
        out.print(f"{path} forgotten; another path brought the same document, which stays")
    out.print(f"graph: {report['entities']} entities, {report['relations']} relations")


def show_ranking(made: Data, published: Sequence[Data] = ()) -> None:
    """Ranks with their intervals, the published rank beside them, what scores are made of; who has no rank, and why."""
    out = console()
    ranked, unranked = made["ranked"], made["unranked"]
    if ranked:
        out.print(_ranking(ranked, {row["park"]: f"{row['rank']}" for row in published if not row["track"]}))
        flags = sorted({flag for row in ranked for flag in row["flags"]})
        told = "The interval holds nine of ten ranks under other defensible choices and inputs."
        out.print(Text(f"flags: {', '.join(flags)}. {told}", "dim"))
    else:
        out.print("No park can be ranked yet.")
    if ranked and made["left_out"]:
        out.print(Text("not in the index: " + "; ".join(f"{k} ({why})" for k, why in made["left_out"].items()), "dim"))
    if unranked:
        out.print(f"\nnot ranked ({len(unranked)}):")
        for reason, names in _by_reason(unranked).items():
            shown = ", ".join(names[:_SHOWN_ROWS]) + (
                f" … {len(names) - _SHOWN_ROWS} more" if len(names) > _SHOWN_ROWS else ""
            )
            out.print(f"  {reason}: {shown}")


def _ranking(ranked: Sequence[Data], published: Mapping[str, str]) -> Table:
    dimensions = list(ranked[0]["dimensions"])
    table = _table("rank", "interval", "listed", "park", "score", "chemistry", *dimensions)
    for row in ranked:
        interval = f"{row['rank_low']}–{row['rank_high']}" if row["rank_low"] else "–"
        standing = published.get(row["park"], "–")
        cells = [_number(row["dimensions"][name]) for name in dimensions]
        verdict = row["verdict"] or "–"
        table.add_row(str(row["rank"]), interval, standing, row["park"], _number(row["score"]), verdict, *cells)
    return table


def _by_reason(unranked: Sequence[Data]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for row in unranked:
        reasons.setdefault(row["reason"], []).append(row["park"])
    return reasons


def show_published(rows: Sequence[Data]) -> None:
    """The lists that documents state, as published; nothing of them is computed here."""
    out = console()
    if not rows:
        out.print("No published list was found in the documents.")
    lists: dict[tuple[str, str], list[Data]] = {}
    for row in rows:
        lists.setdefault((row["ranking"], row["edition"]), []).append(row)
    for (name, edition), standings in lists.items():
        out.print(Text(f"\n{name}", "bold"), f"(edition {edition or 'not stated'})")
        table = _table("track", "rank", "park", "sample", "status", "said in")
        for row in standings:
            where = row["evidence"][0]["title"] or row["document"]
            sample = str(row["sample"] or "")
            table.add_row(row["track"] or "overall", str(row["rank"]), row["park"], sample, row["status"], where)
        out.print(table)


def show_park(park: Data) -> None:
    """A park on one screen."""
    out = console()
    out.print(Text(park["name"], "bold"), Text(f"  {park['id']}", "dim"))
    _facts(out, "also called", [name for name in park["aliases"] if name != park["name"]][:6])
    _facts(out, "lies in", [end["name"] for end in park["place"]])
    _facts(out, "part of", [end["name"] for end in park["part_of"]])
    _facts(out, "parts", [end["name"] for end in park["parts"]])
    _facts(out, "published", [_standing(row) for row in park["standings"]])
    _facts(out, "firms", [end["name"] for end in park["firms"]], _SHOWN_FIRMS)
    _facts(out, "institutions", [end["name"] for end in park["institutions"]], _SHOWN_FIRMS)
    _facts(out, "its own sectors", [end["name"] for end in park["stated_industries"]], _SHOWN_FIRMS)
    within, outside = park["collaborations"]["inside"], park["collaborations"]["outside"]
    out.print(f"collaborations: {len(within)} inside, {len(outside)} with others")
    for deal in [*within, *outside][:_SHOWN_ROWS]:
        _deal(out, deal)
    _coverage(out, park["coverage"])


def _standing(row: Data) -> str:
    track = f" on {row['track']}" if row["track"] else ""
    of = f" of {row['sample']}" if row["sample"] else ""
    return f"{row['rank']}{of}{track} ({row['edition']}, {row['status']})"


def show_answer(answer: Data) -> None:
    """The answer, the sentences behind it, how the question was understood and the statement that found it."""
    out = console()
    if answer.get("phrasing"):
        _phrasing(out, answer["phrasing"])
    if not answer["answered"]:
        out.print(Text(f"not answered ({answer['reason']}): {answer['note']}", "yellow"))
    elif answer["note"]:
        out.print(Text(answer["note"], "dim"))
    if answer["suggestions"]:
        out.print(f"did you mean: {', '.join(answer['suggestions'])}")
    if answer["query"]["intent"] == "profile" and answer["rows"] and "standings" in answer["rows"][0]:
        show_park(answer["rows"][0])
        return
    shown = reply(answer)
    for piece in shown or ():
        out.print(piece)
    for row in answer["rows"][:_SHOWN_ROWS] if shown is None else ():
        _row(out, row)
    if len(answer["rows"]) > _SHOWN_ROWS and shown is None:
        out.print(Text(f"… and {len(answer['rows']) - _SHOWN_ROWS} more (--json shows all)", "dim"))
    for piece in beside(answer):
        out.print(piece)
    out.print(Text(f"\nunderstood as: {_understood(answer['query'])}", "dim"))
    _coverage(out, answer["coverage"])


def _phrasing(out: Console, told: Data) -> None:
    """The sentences of a language model, then what each number in them stands for."""
    for sentence in told["sentences"]:
        out.print(Text(f"{sentence['text']} [{', '.join(map(str, sentence['cites']))}]"))
    for source in told["sources"]:
        out.print(Text(f"  [{source['number']}] {source['text'][:300]}", "dim"))
    if told["note"]:
        out.print(Text(told["note"], "yellow"))
    if told["sentences"] or told["dropped"]:
        dropped = f", {told['dropped']} sentences dropped that these do not bear" if told["dropped"] else ""
        out.print(Text(f"  put into words by {told['model']}{dropped}\n", "dim"))


def _row(out: Console, row: Data) -> None:
    """One row of any answer: its name, what it says, then its deals or quotes."""
    name = row.get("park") or row.get("name") or row.get("title")
    head = Text(f"• {name}" if name else "•", "bold")
    apart = ("park", "name", "id", "kind", *(_LINKED if "pairs" in row else ()))
    told = {key: value for key, value in row.items() if key not in apart and _plain(value)}
    said = ", ".join(f"{key.replace('_', ' ')} {number(value)}" for key, value in told.items())
    out.print(head, Text(f"  {said}" if said else ""))
    for deal in row.get("pairs") or row.get("collaborations") or ():
        if isinstance(deal, Mapping):
            _deal(out, deal)
    if "pairs" in row and "expected" in row:
        expected, ratio = number(row["expected"]), ranged(row, "ratio")
        out.print(f"  pairs with a tie: {row['observed']} observed, {expected} expected, O/E {ratio}")
    for piece in row.get("evidence") or ():
        if isinstance(piece, Mapping):
            _quote(out, piece)


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _deal(out: Console, deal: Data) -> None:
    parties = " – ".join(party["name"] for party in deal.get("parties") or ())
    what = ", ".join(_RELATIONS.get(kind, kind) for kind in deal.get("kinds") or [deal.get("relation", "")])
    when = f", {deal['since']}" if deal.get("since") else ""
    out.print(f"  {parties}: {what} ({deal.get('status', '')}{when})")
    for piece in deal.get("evidence") or ():
        if isinstance(piece, Mapping):
            _quote(out, piece)


def _quote(out: Console, piece: Data) -> None:
    where = piece.get("title") or piece.get("document")
    out.print(Text(f"    “{piece.get('sentence') or piece['quote']}”"))
    place = f", {piece['place']}" if piece.get("place") else ""
    out.print(Text(f"      {where}{place}, characters {piece['start']}–{piece['end']}  [{piece['id']}]", "dim"))


def show_explanation(told: Data) -> None:
    """Why: of an entity, a fact, a claim or a passage; the words in question in colour."""
    out = console()
    {"passage": _why_passage, "evidence": _why_claims, "fact": _why_fact, "entity": _why_entity}[told["type"]](
        out, told
    )


def _why_passage(out: Console, told: Data) -> None:
    _source(out, told)
    out.print(
        _marked(
            out, told["text"], [(one["start"] - told["start"], one["end"] - told["start"]) for one in told["mentions"]]
        )
    )
    _why_mentions(out, told["mentions"])
    for one in told["claims"]:
        _why_claim(out, one)


def _why_claims(out: Console, told: Data) -> None:
    _why_claim(out, told)
    _why_mentions(out, told["mentions"])


def _why_fact(out: Console, told: Data) -> None:
    parties = " – ".join(party["name"] for party in told["parties"])
    out.print(Text(f"{told['relation']} {parties}", "bold"), Text(f"  {told['id']}", "dim"))
    out.print(f"{told['evidence']} claim{'' if told['evidence'] == 1 else 's'} behind it")
    for one in told["claims"]:
        _why_claim(out, one)


def _why_claim(out: Console, one: Data) -> None:
    parties = ", ".join(f"{party['role']} {party['name']}" for party in one["parties"])
    kinds = f" ({', '.join(one['kinds'])})" if one["kinds"] else ""
    sure = f", confidence {one['confidence']:g}" if one["confidence"] is not None else ""
    when = f", {one['date']}" if one["date"] else ""
    out.print(Text(f"\n{one['relation']}{kinds}: ", "bold"), f"{parties}; {one['status']}{when}{sure}", sep="")
    out.print(_marked(out, f"  {one['sentence']}", [(one["mark_start"] + 2, one["mark_end"] + 2)]))
    out.print(Text(f"  by {one['rule'] or 'no rule'}: {one['why']}"))
    _source(out, one)


def _why_mentions(out: Console, mentions: Sequence[Data]) -> None:
    for one in mentions:
        out.print(Text(f"  {one['surface']} ", "bold"), f"is {one['kind']} {one['entity_name']}", sep="")
        out.print(Text(f"    by {one['rule']}: {one['why']}  [{one['entity']}]", "dim"))


def _why_entity(out: Console, told: Data) -> None:
    out.print(Text(f"{told['kind']} {told['name']}", "bold"), Text(f"  {told['id']}", "dim"))
    out.print(f"named {told['places']}×, in {told['documents']} independent documents")
    for name in told["names"]:
        written = ", ".join(f"{surface} ({times})" for surface, times in name["surfaces"].items())
        out.print(Text(f"\n{name['name']}", "bold"), f"written {written}")
        for steps in name["steps"]:
            out.print("  " + " → ".join(_step(step) for step in steps))
        for rule, how in name["rules"].items():
            out.print(Text(f"  {how['times']}× by {rule or 'no rule'}: {how['why']}", "dim"))
    for one in told["same"]:
        out.print(Text("\none entity: ", "green"), _compared(one), sep="")
    for one in told["apart"]:
        out.print(Text("\nanother entity: ", "yellow"), _compared(one), Text(f"  [{one['entity']}]", "dim"), sep="")
    for one in told["mentions"]:
        out.print()
        out.print(_marked(out, one["sentence"], [(one["mark_start"], one["mark_end"])]))
        out.print(Text(f"  {told['kind']} by {one['rule']}: {one['why']}"))
        _source(out, one)


def _step(step: Data) -> str:
    row = step["row"]
    if not row:
        return f"{step['text']} [{step['what']}]"
    when = f", only beside {' or '.join(row['when'])}" if row["when"] else ""
    return (
        f"{step['text']} [{step['what']}: {row['table']}, {row['alias'] or row['name']}{when}; source: {row['source']}]"
    )


def _compared(one: Data) -> str:
    parts = ", ".join(f"{name} {worth:g}" for name, worth in one["parts"].items())
    said = one["judgement"]
    word = f"; {said['who']} judged {said['verdict']} on {said['at'][:10]}: {said['reason']}" if said else ""
    return f"{' and '.join(one['names'])}, alike {one['score']:g}{f' ({parts})' if parts else ''}{word}"


def _source(out: Console, one: Data) -> None:
    read = f", read by {one['extractor']}" if one["extractor"] else ""
    out.print(
        Text(f"  {one['title'] or one['document']}, characters {one['start']}–{one['end']}{read}  [{_id(one)}]", "dim")
    )


def _id(one: Data) -> str:
    return str(one["id"] if "id" in one else one["passage"])


def _marked(out: Console, text: str, spans: Sequence[tuple[int, int]]) -> Text:
    """The text with these spans in colour; where there is no colour, in brackets."""
    shown = Text()
    done = 0
    for start, end in sorted(set(spans)):
        if start >= done:
            words = text[start:end] if out.color_system else f"【{text[start:end]}】"
            shown.append(text[done:start]).append(words, "bold cyan")
            done = end
    return shown.append(text[done:])


def _understood(query: Data) -> str:
    said = [str(query["intent"] or "nothing")]
    for key, value in query.items():
        if key == "window" and value:
            said.append(f"from {value['from'] or '…'} to {value['to'] or '…'}")
        elif key not in ("intent", "not_understood") and value:
            said.append(f"{key} {', '.join(map(str, value)) if isinstance(value, list) else value}")
    if query["not_understood"]:
        said.append(f"not understood: {', '.join(query['not_understood'])}")
    return "; ".join(said)


def show_hits(found: Data) -> None:
    """Documents with the passage that fits best, and why."""
    out = console()
    if found["note"]:
        out.print(Text(found["note"], "yellow"))
    if not found["hits"]:
        out.print("Nothing was found.")
    for place, hit in enumerate(found["hits"], 1):
        called = hit["title"] or next(iter(hit["sources"]), hit["document"])
        out.print(Text(f"{place}. {called}", "bold"), Text(f"  {hit['published']}", "dim"))
        out.print(f"   {hit['passage']['text']}")
        out.print(Text(f"   {hit['document']}; {'; '.join(_why(why) for why in hit['why'])}", "dim"))


def _why(why: Data) -> str:
    words = f" ({'、'.join(why['words'][:6])})" if why["words"] else ""
    near = f" ({why['similarity']:.2f})" if why["similarity"] is not None else ""
    return f"{why['by']} {why['part']:.2f}{words}{near}"


def show_names(found: Data) -> None:
    """Entities that a text may mean, and why."""
    out = console()
    if not found["names"]:
        out.print("Nothing is called so.")
        return
    table = Table("name", "kind", "by", "documents", "id", box=SIMPLE_HEAD)
    for one in found["names"]:
        near = f" {one['similarity']:.2f}" if one["similarity"] is not None else ""
        table.add_row(one["name"], one["kind"], f"{one['by']}{near}", str(one["documents"]), Text(one["id"], "dim"))
    out.print(table)


def show_rows(given: Data) -> None:
    """The rows of a statement as a table."""
    out = console()
    table = Table(*given["columns"], box=SIMPLE_HEAD)
    for row in given["rows"]:
        table.add_row(*(Text(_cell(value)) for value in row))
    out.print(table)
    if not given["complete"]:
        out.print(Text(given["why"], "yellow"))


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def show_measures(report: Data) -> None:
    """Every measure of the network and of its parks; firms only in json and csv."""
    out = console()
    _measures(out, "network", report["network"])
    tied = {park: measures for park, measures in report["parks"].items() if measures["ties"]["value"]}
    for park, measures in tied.items():
        _measures(out, park, measures)
    if rest := len(report["parks"]) - len(tied):
        out.print(Text(f"{rest} parks without an observed tie are left out here; --json has them", "dim"))
    for note, what in report["notes"].items():
        if what:
            out.print(Text(f"note: {note.replace('_', ' ')}: {what}", "yellow"))
    out.print(Text(f"{len(report['firms'])} firms are measured too; see --format csv or --json", "dim"))


def show_park_measures(found: Data) -> None:
    """The chemistry of a park first, then its place in the index and on the tracks, then everything measured."""
    out = console()
    row, measures = found["index"], found["measures"]
    out.print(Text(found["park"], "bold"), Text(f"  {found['id']}", "dim"))
    verdict = measures["verdict"]
    out.print(f"chemistry: {verdict['value']}" + (f"  ({', '.join(verdict['flags'])})" if verdict["flags"] else ""))
    for name, what in (("slr", "beside its peers"), ("r0", "beside chance")):
        told = measures[name]
        value = _number(told["value"]) + _ends(told) if told["value"] is not None else told["reason"]
        out.print(f"  {name.upper()} {value}  ({what})")
    out.print(f"stage: {measures['stage']['value']}")
    rank = f"{row['rank']} ({row['rank_low']}–{row['rank_high']})" if row["rank"] else f"none: {row['reason']}"
    out.print(f"rank: {rank}")
    axes = [f"{axis['name']} {axis['completeness']:.0%}" for axis in row["axes"] if axis["completeness"] is not None]
    gone = [axis["name"] for axis in row["axes"] if axis["completeness"] is None]
    out.print(f"tracks: {', '.join(axes) or 'none'}" + (f"; no firm on {', '.join(gone)}" if gone else ""))
    _measures(out, "all measures", measures)


def _ends(told: Data) -> str:
    return "" if told["lo"] is None else f" [{_number(told['lo'])}, {_number(told['hi'])}]"


def _measures(out: Console, title: str, measures: Data) -> None:
    table = _table("measure", "value", "95% interval", "n", "flags or reason")
    for name, measure in measures.items():
        told = measure["reason"] or ", ".join(measure["flags"])
        table.add_row(
            name.replace("_", " "),
            _number(measure["value"]),
            _ends(measure).strip(),
            str(measure["n"] if measure["n"] is not None else ""),
            told,
        )
    out.print(Text(f"\n{title}", "bold"))
    out.print(table)


def show_examination(findings: Sequence[Data]) -> None:
    """What is well, what is not, and what to do about it."""
    out = console()
    for finding in findings:
        mark, style = ("ok", "green") if finding["ok"] else ("!!", "red")
        out.print(Text(f"{mark} ", style), f"{finding['what']}: {finding['found']}", sep="")
        if finding["remedy"]:
            out.print(Text(f"   {finding['remedy']}", "yellow"))


def _facts(out: Console, what: str, names: Sequence[str], most: int = _SHOWN_ROWS) -> None:
    if names:
        more = f" … {len(names) - most} more" if len(names) > most else ""
        out.print(f"{what}: {', '.join(names[:most])}{more}")


_COVERAGE = {
    "firms_a": "firms in the first field",
    "firms_b": "firms in the second",
    "mentioned_in": "documents that mention it",
}


def _coverage(out: Console, coverage: Data) -> None:
    if coverage:
        counts = {
            _COVERAGE.get(key, key.replace("_", " ")): value
            for key, value in coverage.items()
            if key != "both_present_no_tie"  # told beside the rows
        }
        told = (f"{' '.join(value) if isinstance(value, list) else value} {what}" for what, value in counts.items())
        out.print(Text(f"looked through: {', '.join(told)}", "dim"))


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    return table


def _number(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, int | str):
        return str(value)
    if not isinstance(value, float):
        return "(see --json)"
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e9 else f"{value:.3g}"


def show_queue(page: Data) -> None:
    """Pairs of names that wait for a judgement."""
    out = console()
    if not page["items"]:
        out.print("no names wait for a judgement")
        return
    for item in page["items"]:
        parts = ", ".join(f"{name} {worth:+.2f}" for name, worth in item["parts"].items())
        out.print(f"{item['score']:.2f}  {item['a']['name']} – {item['b']['name']}  ({item['kind']}; {parts})")
        for side in (item["a"], item["b"]):
            out.print(Text(f"      {side['id']}{'  ' + side['code'] if side['code'] else ''}", "dim"))
            for use in side["sentences"]:
                out.print(Text(f"      {use['document']}: {' '.join(use['text'].split())[:100]}", "dim"))
        if item["conflict"]:
            out.print(Text(f"      conflict: {item['conflict']}", "yellow"))
    rest = page["total"] - len(page["items"])
    more = f"; more with --after {page['next']!r}" if page["next"] else ""
    out.print(f"{page['total']} wait{more}" if rest else f"{page['total']} wait")
    out.print(Text("parkbond review same A B, different A B or unsure A B decides", "dim"))


def show_industries(page: Data) -> None:
    """The names of industries that wait for a class."""
    out = console()
    rows = [
        (
            row["name"],
            row["pieces"],
            row["concept"] or "–",
            f"{row['score']:.2f} {row['how']}" if row["concept"] else "",
        )
        for row in page["items"]
    ]
    if rows:
        table = _table("industry", "said", "may mean", "score")
        for row in rows:
            table.add_row(*map(str, row))
        out.print(table)
    if rest := page["total"] - len(rows):
        out.print(Text(f"{rest} more: --limit, --skip", "dim"))
    out.print(page["said"])
    out.print(Text("a synonym in ingest/lexicon/industries.csv settles a name; no document is read again", "dim"))


def show_judged(said: Data) -> None:
    """What came of a judgement."""
    now = "one entity now" if said["one"] else "two entities now"
    console().print(f"{said['a_name']} and {said['b_name']}: {said['verdict']}, {now}")


def show_key(made: Data) -> None:
    """A new key; the only time that it is shown."""
    print(made["key"])
    errors = Console(stderr=True, highlight=False, emoji=False, markup=False)
    errors.print(Text(f"{made['id']} {made['name']} ({made['role']}); it is not shown again", "dim"))


def show_keys(rows: Sequence[Data]) -> None:
    """Keys without their secrets."""
    table = _table("id", "name", "role", "made", "ended")
    for row in rows:
        table.add_row(row["id"], row["name"], row["role"], row["created"], row["revoked"] or "–")
    console().print(table if rows else "no key was made; parkbond key add NAME makes one")


def show_saved(rows: Sequence[Data]) -> None:
    """Saved questions with what they ask for."""
    table = _table("name", "question", "asks for")
    for row in rows:
        table.add_row(row["name"], row["question"], ", ".join(row["parameters"]))
    console().print(table if rows else "no question is saved; parkbond question add NAME QUESTION saves one")


def show_log(rows: Sequence[Data]) -> None:
    """All judgements."""
    out = console()
    for row in rows:
        reason = f" ({row['reason']})" if row["reason"] else ""
        line = f"{row['at'][:19]}  {row['who']}: {row['a_name']} – {row['b_name']} {row['verdict']}{reason}"
        out.print(Text(line, "" if row["stands"] else "dim"))
    out.print(f"{len(rows)} judgements")


def show_index(told: Data) -> None:
    """Ranks with the scores of the upper levels, then the indicators with what was done to them."""
    out = console()
    heads = {row["code"]: row for row in told["aggregates"]}
    top = next(code for code, row in heads.items() if row["parent"] is None)
    shown = [top, *(code for code, row in heads.items() if row["parent"] == top)][:_SHOWN_SCORES]
    doubt = {row["unit"]: row for row in told.get("uncertainty", {"units": ()})["units"]}
    table = _table("rank", *(("5–95%", "band") if doubt else ()), "unit", *shown, "flags")
    unranked = [row for row in told["units"] if row["rank"] is None]
    for row in told["units"][: len(told["units"]) - len(unranked)]:
        scores = (f"{row['scores'][code]:.2f}" if row["scores"][code] is not None else "–" for code in shown)
        interval = _interval(doubt[row["unit"]]) if doubt else ()
        flags = [*(f"rank {flag}" for flag in doubt.get(row["unit"], {"flags": ()})["flags"]), *row["flags"]]
        table.add_row(str(row["rank"]), *interval, row["unit"], *scores, _few(flags))
    out.print(table)
    for row in unranked:
        out.print(Text(f"not ranked: {row['unit']}: {row['reason']}", "yellow"))
    table = _table("indicator", "direction", "weight", "missing", "imputed", "treatment")
    for row in told["indicators"]:
        counts = (str(row[name]) for name in ("missing", "imputed"))
        table.add_row(row["code"], f"{row['direction']:+d}", _number(row["weight"]), *counts, row["treatment"] or "")
    out.print(table)
    for code, moved in told.get("removal", {}).items():
        out.print(f"without {code}: ranks move by {_number(moved)} on average")
    _show_robustness(out, told)
    for flag in told["flags"]:
        out.print(Text(f"note: {flag}", "yellow"))
    hashes = ", ".join(f"{name} {value}" for name, value in told["hash"].items())
    out.print(Text(f"hash: {hashes}; --json shows the scores of every level and each cell that was changed", "dim"))


def _interval(row: Data) -> tuple[str, str]:
    """The interval of a rank and the bands it belongs to."""
    low, high = row["lo"], row["hi"]
    if low is None or high is None:
        return "–", "–"
    first, last = row["band"]
    return f"{low:g}–{high:g}", str(first) if first == last else f"{first}–{last}"


def _show_robustness(out: Console, told: Data) -> None:
    """What was asked beyond the ranks: draws, factors, effective weights, who moved."""
    if "uncertainty" in told:
        drawn = told["uncertainty"]
        varied = ", ".join([*drawn["variation"]["vary"], *(["weights"] if "noise" in drawn["variation"] else [])])
        told_draws = f"{drawn['draws']} draws of {varied or 'the input'}, seed {drawn['seed']}"
        out.print(f"{told_draws}; intervals of units that share a band overlap")
    if "sensitivity" in told:
        table = _table("factor", "alone", "95%", "with others", "95%")
        for row in told["sensitivity"]["factors"]:
            alone, together = (
                f"{_number(row[f'{name}_lo'])}–{_number(row[f'{name}_hi'])}" for name in ("first", "total")
            )
            table.add_row(row["factor"], _number(row["first"]), alone, _number(row["total"]), together)
        out.print(table)
        out.print(f"ranks move by {_number(told['sensitivity']['mean_shift'])} on average")
    if "coherence" in told:
        table = _table("of", "part", "weight", "effective", "r", "alpha of all")
        for cluster in told["coherence"]["clusters"]:
            for at, part in enumerate(cluster["parts"]):
                alpha = "" if at else _number(cluster["alpha"])
                values = (_number(part[name]) for name in ("nominal", "share", "r"))
                table.add_row("" if at else cluster["parent"], part["code"], *values, alpha)
        out.print(table)
        for flag in told["coherence"]["flags"]:
            out.print(Text(f"note: {flag}", "yellow"))
    if "comparison" in told:
        _show_comparison(out, told["comparison"])


def _show_comparison(out: Console, found: Data) -> None:
    keys = [change["key"] for change in found["changes"]]
    out.print(f"changed: {', '.join(keys) or 'nothing'}; ranks moved by {_number(found['mean_shift'])} on average")
    for key, part in zip(keys, found["due"], strict=False):
        out.print(f"due to {key}: {_number(part)}")
    if found["reason"] and keys:
        out.print(Text(f"note: {found['reason']}", "yellow"))
    for row in found["units"][:_SHOWN_ROWS]:
        if row["shift"]:
            out.print(f"{row['unit']}: {row['before']:g} → {row['after']:g}")


def _few(flags: Sequence[str]) -> str:
    return "; ".join(flags[:3]) + (f"; … {len(flags) - 3} more" if len(flags) > 3 else "")
