"""The command line. A command is a sentence: what it needs, what it gives. `--json` prints data instead of a table."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from api.settings import Settings, settings
from graph.errors import InputError, ParkbondError

if TYPE_CHECKING:
    from graph.chain import Chain
    from graph.store.base import Store


class _Commands(TyperGroup):
    """Turns every expected error into one line and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ParkbondError as error:
            typer.secho(f"parkbond: {error}", err=True, fg="red")
            raise typer.Exit(1) from error
        except KeyboardInterrupt:
            typer.echo("parkbond: stopped; what was finished is kept, run the command again to go on", err=True)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Do the firms of an industrial park react, or do they only share an address? "
    "Reads documents into a graph of parks, firms and cooperation, measures it and answers questions, "
    "each fact with the words that say it.",
)

Json = Annotated[bool, typer.Option("--json", help="Print data instead of a table.")]
Chosen = Annotated[
    str,
    typer.Option("--extractor", help="What reads: tagger, fast (for bulk), llm (an endpoint).", show_default=False),
]
Phrase = Annotated[
    bool,
    typer.Option("--phrase", help="Also in sentences, by the model of PARKBOND_LLM_URL, each with its sources."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before llm is paid for.")]
Paths = Annotated[
    list[Path],
    typer.Argument(
        help="Files or folders: txt, md, html, csv, json, jsonl, pdf, docx, xlsx, pptx, eml, zip.",
        show_default=False,
        readable=False,
    ),
]


@app.command()
def ingest(
    paths: Paths,
    workers: Annotated[int, typer.Option(min=1, help="Processes that extract.")] = 1,
    vectors: Annotated[
        bool, typer.Option("--vectors/--no-vectors", help="Also make the vectors for search by meaning.")
    ] = True,
    reader: Chosen = "",
    reread: Annotated[
        bool, typer.Option("--reread", help="Read unchanged documents anew that another extractor has read.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be read and what llm costs.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Read documents into the graph. What is there unchanged costs nothing; what changed is replaced."""
    from api.jobs import ingest_paths, look_at
    from api.terminal import show_load, show_summary

    where = _reading(reader)
    with _store() as store:
        if dry_run:
            load = look_at(store, paths, where, reread=reread)
            _print(load, as_json, show_load)
            raise typer.Exit(1 if load["problems"] else 0)
        if where.extractor == "llm":
            _agreed(look_at(store, paths, where, reread=reread), yes)
        summary = ingest_paths(store, paths, where, workers=workers, reread=reread, vectors=vectors)
    _print(summary, as_json, show_summary)
    raise typer.Exit(1 if summary["problems"] else 0)


@app.command()
def roster(
    file: Annotated[
        Path,
        typer.Argument(help="csv, xlsx or jsonl with the columns park and name.", show_default=False, readable=False),
    ],
    source: Annotated[str, typer.Option(help="Who published the list, where the file has no column source.")] = "",
    date: Annotated[str, typer.Option(help="The date it holds for (ISO), where the file has no column date.")] = "",
    vectors: Annotated[bool, typer.Option("--vectors/--no-vectors", help="Also make the vectors.")] = True,
    as_json: Json = False,
) -> None:
    """Add the firms of a list that documents may never mention; the row is the evidence."""
    from api.jobs import ingest_roster
    from api.terminal import show_summary

    with _store() as store:
        summary = ingest_roster(store, file, settings(), source=source, date=date, vectors=vectors)
    _print(summary, as_json, show_summary)
    raise typer.Exit(1 if summary["problems"] else 0)


@app.command()
def reindex(as_json: Json = False) -> None:
    """Make the vectors of all passages with the model that is set; the old ones serve until the new ones are whole."""
    from api.jobs import reindex as make
    from api.terminal import show_reindexed

    with _store() as store:
        _print(make(store, settings()), as_json, show_reindexed)


@app.command()
def extract(
    paths: Paths,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write: one JSON object a document.")],
    reader: Chosen = "",
    yes: Yes = False,
) -> None:
    """Read names and claims from documents into a file. Needs no graph."""
    from api.jobs import extract_paths, look_at_extract
    from api.terminal import show_problems

    where = _reading(reader)
    if where.extractor == "llm":
        _agreed(look_at_extract(paths, where), yes)
    written, problems = extract_paths(paths, output, where)
    show_problems(problems)
    typer.echo(f"{written} documents written to {output}", err=True)
    raise typer.Exit(1 if problems else 0)


@app.command()
def train(
    out: Annotated[Path, typer.Argument(help="Folder for the weights and their card.", show_default=False)],
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without", metavar="FILE", help="Leave a file of the training texts out (its stem), to judge by."
        ),
    ] = None,
    passes: Annotated[int, typer.Option(min=1, help="Passes over the documents, every second over fresh copies.")] = 8,
) -> None:
    """Make the weights of the extractor tagger anew from the labelled documents. Takes up where it was stopped."""
    from ingest.train.learn import Recipe
    from ingest.train.run import train as run

    weights = run(
        out,
        settings().cache,
        recipe=Recipe(passes=passes),
        without=without or (),
        progress=lambda line: typer.echo(line, err=True),
    )
    typer.echo(f"{weights}: copy it and card.json to ingest/extract/neural to read with it", err=True)


@app.command()
def rank(
    published: Annotated[
        bool, typer.Option("--published", help="The lists that documents state, instead of ours.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="How many rows to show.")] = None,
    recipe: Annotated[
        str, typer.Option(metavar="NAME|TOML", help="What the index is made of: a shipped name or a file.")
    ] = "future",
    track: Annotated[str, typer.Option(help="Only the firms on this track of the edition, by name or id.")] = "",
    since: Annotated[str, typer.Option(help="Only what held then or later: a year, month or day.")] = "",
    until: Annotated[str, typer.Option(help="Only what held then or earlier.")] = "",
    as_of: Annotated[str, typer.Option(help="Only what documents said by then.")] = "",
    plot: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also draw rank intervals and the hexagons (SVG).")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--all", help="With --json: also who is not ranked, what is left out, and the hashes.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Rank the parks of the graph by the future-force index, each rank with its interval. Or show published lists."""
    from api.terminal import show_published, show_ranking
    from graph.index.recipe import load
    from graph.query.standing import published as published_lists

    with _store() as store:
        if published:
            _print(published_lists(store)[:limit], as_json, show_published)
            return
        made = _kept(
            store,
            ("rank", since, until, as_of, track, load(recipe).hash),
            lambda: _ranking(store, recipe, track, since, until, as_of),
        )
        lists = [] if as_json else published_lists(store)
    if plot:
        from api.exports import draw_ranking

        for path in draw_ranking(made, plot):
            typer.echo(f"written: {path}", err=True)
    made["ranked"] = made["ranked"][:limit]
    if as_json:
        _print(made if whole else made["ranked"], as_json, None)
    else:
        show_ranking(made, lists)


def _ranking(store: Store, recipe: str, track: str, since: str, until: str, as_of: str) -> dict[str, Any]:
    from api.answers import curated
    from graph.curated import view
    from graph.query.standing import ranking

    return ranking(view(store, curated(), since=since, until=until, as_of=as_of), recipe, track)


def _park_measures(store: Store, park: str) -> dict[str, Any]:
    from api.answers import curated
    from graph.curated import view
    from graph.query.measured import measures

    return measures(store, view(store, curated()), park)


def _kept(store: Store, what: tuple[object, ...], make: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """What `make` gives for the graph as it is now, from the disk if it was made before."""
    from api.kept import kept

    return kept(store, settings().cache / "measured", what, make)


@app.command()
def park(
    name: Annotated[str, typer.Argument(help="Name, alias or id of a park.", show_default=False)],
    measured: Annotated[
        bool, typer.Option("--measures", help="What is measured of it instead: chemistry, stage, index, tracks.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="With --measures, also draw its hexagon (SVG).")
    ] = None,
    as_json: Json = False,
) -> None:
    """One park: where it lies, who is in it, who works with whom, and the words that say so."""
    from api.terminal import show_park, show_park_measures
    from graph.model import Kind
    from graph.query.profile import entity_called
    from graph.query.profile import park as profile

    with _store() as store:
        if not measured:
            _print(profile(store, name), as_json, show_park)
            return
        id = entity_called(store, Kind.PARK, name)["id"]
        found = _kept(store, ("park", id), lambda: _park_measures(store, id))
    if plot:
        from api.exports import draw_hexagon

        typer.echo(draw_hexagon(found["index"], plot), err=True)
    _print(found, as_json, show_park_measures)


@app.command()
def ask(
    question: Annotated[
        str, typer.Argument(help="A question in Chinese (either script) or English.", show_default=False)
    ],
    phrase: Phrase = False,
    as_json: Json = False,
) -> None:
    """Answer a question from the graph: the answer, how it was understood, and the sentences behind it."""
    _answer(question, phrase, as_json)


def _answer(question: str, phrase: bool, as_json: bool) -> None:
    from api.answers import answer_question, phraser
    from api.phrasing import switched_on
    from api.terminal import show_answer

    words = switched_on(phraser(settings())) if phrase else None
    with _store() as store:
        _print(answer_question(store, question, words), as_json, show_answer)


@app.command()
def cypher(
    statement: Annotated[
        str, typer.Argument(help="MATCH … RETURN … that only reads; - reads it from the input.", show_default=False)
    ],
    param: Annotated[
        list[str] | None, typer.Option("--param", metavar="NAME=VALUE", help="A value for $NAME: JSON, or text.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a read-only statement on the graph, for those who know Cypher. Needs PARKBOND_CYPHER=1."""
    from api.statements import bounds, parameters_of, rows_of, switched_on
    from api.terminal import show_rows

    within, given = switched_on(bounds(settings())), parameters_of(param or ())
    with _store() as store:
        _print(rows_of(store, sys.stdin.read() if statement == "-" else statement, given, within), as_json, show_rows)


@app.command()
def explain(
    what: Annotated[
        str,
        typer.Argument(metavar="ID", help="Id of an entity, fact, evidence or passage; or a name.", show_default=False),
    ],
    as_json: Json = False,
) -> None:
    """Say why: why a name has its type, why names are one entity, which rule made a claim; with the words marked."""
    from api.answers import explanation
    from api.terminal import show_explanation

    with _store() as store:
        _print(explanation(store, what), as_json, show_explanation)


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="What to look for.", show_default=False)],
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    since: Annotated[str, typer.Option("--from", help="Published then or later: a year, month or day.")] = "",
    until: Annotated[str, typer.Option("--to", help="Published then or earlier.")] = "",
    park: Annotated[str, typer.Option(help="It mentions this park.")] = "",
    place: Annotated[str, typer.Option(help="It mentions this place, or one within.")] = "",
    industry: Annotated[str, typer.Option(help="It mentions this field, or a narrower one.")] = "",
    kind: Annotated[str, typer.Option(help="It tells of such a cooperation: 合资, joint venture, SUPPLIES …")] = "",
    lang: Annotated[str, typer.Option(help="zh, zh-Hans, zh-Hant or en.")] = "",
    source: Annotated[str, typer.Option(help="A part of the address or path it came from.")] = "",
    as_json: Json = False,
) -> None:
    """Find the documents that speak of something, by words, other words for it, and meaning."""
    from api.answers import search_passages
    from api.terminal import show_hits
    from graph.search.filters import Filters

    filters = Filters(since, until, park, place, industry, kind, lang, source)
    with _store() as store:
        _print(search_passages(store, words, limit, settings(), filters), as_json, show_hits)


@app.command()
def names(
    text: Annotated[str, typer.Argument(help="A name, or words for what is meant.", show_default=False)],
    kind: Annotated[
        Literal["Park", "Enterprise", "Institution", "Industry"] | None, typer.Option(help="Only such entities.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    as_json: Json = False,
) -> None:
    """Look up parks, firms, institutions and fields by name or by meaning, in any language."""
    from api.answers import names as look_up
    from api.terminal import show_names

    with _store() as store:
        _print(look_up(store, text, settings(), kind, limit), as_json, show_names)


@app.command()
def measure(
    nodes: Annotated[Path | None, typer.Option(help="CSV with the columns id, park, industry.", readable=False)] = None,
    edges: Annotated[
        Path | None, typer.Option(help="CSV with the columns source, target and perhaps weight.", readable=False)
    ] = None,
    chain: Annotated[
        Path | None, typer.Option(help="CSV with the columns upstream, downstream: industries.", readable=False)
    ] = None,
    since: Annotated[str, typer.Option(help="Only ties that began then or later: a year, month or day.")] = "",
    until: Annotated[str, typer.Option(help="Only ties that began then or earlier.")] = "",
    as_of: Annotated[str, typer.Option(help="Only what documents said by then (of the graph).")] = "",
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn by lot.")] = 0,
    wirings: Annotated[
        int | None,
        typer.Option(min=2, help="Random wirings that structure is measured beside (100 in small networks, else 0)."),
    ] = None,
    form: Annotated[str, typer.Option("--format", help="json, csv or table.")] = "table",
    plot: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also draw chemistry, mixing and coverage (SVG).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure a network of firms: that of the graph, or any other given as two tables."""
    from api.terminal import show_measures
    from graph.measure import as_csv
    from graph.report import full

    if (nodes is None) != (edges is None):
        raise InputError("--nodes and --edges belong together; give both, or neither to measure the graph")
    if nodes and edges:
        from graph.tables import read_network

        if as_of:
            raise InputError("--as-of asks when documents appeared, which tables do not say; --until asks for ties")
        from api.answers import curated
        from graph.industry import classed, mostly_known

        net = read_network(nodes, edges, since=since, until=until)
        if mostly_known(net, curated().classify):
            net = classed(net, curated().classify)
        report = full(net, _chains(chain), seed=seed, draws=wirings)
    else:
        from api.answers import curated
        from graph.curated import view

        tables = replace(curated(), chains=_chains(chain)) if chain else curated()
        with _store() as store:
            report = _kept(
                store,
                ("measure", since, until, as_of, seed, wirings, repr(tables.chains)),
                lambda: view(store, tables, since=since, until=until, as_of=as_of, seed=seed, draws=wirings).report,
            )
    if plot:
        from api.exports import draw_report

        written, missing = draw_report(report, plot)
        for line in (*(f"written: {path}" for path in written), *(f"not drawn: {reason}" for reason in missing)):
            typer.echo(line, err=True)
    if form == "csv" and not as_json:
        typer.echo(as_csv(report), nl=False)
    elif form in ("json", "table"):
        _print(report, as_json or form == "json", show_measures)
    else:
        raise InputError(f"--format {form!r} must be json, csv or table")


@app.command()
def index(
    data: Annotated[
        Path | None, typer.Option(help="CSV: the column unit, then indicators, denominators, groups.", readable=False)
    ] = None,
    framework: Annotated[
        Path | None,
        typer.Option(help="CSV with code, name, level, parent, direction, weight, denominator.", readable=False),
    ] = None,
    recipe: Annotated[Path | None, typer.Option(help="TOML with other choices than the usual.", readable=False)] = None,
    impute_group: Annotated[
        str, typer.Option(metavar="COLUMN", help="Missing values become the mean of the group in this column.")
    ] = "",
    edition: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Put the data on the scale of this earlier run.", readable=False)
    ] = None,
    weights: Annotated[
        str,
        typer.Option(metavar="SCHEME", help="Weights by a scheme (critic, pca, bod …) or a CSV of experts' points."),
    ] = "",
    removal: Annotated[bool, typer.Option("--removal", help="Also how far ranks move without each element.")] = False,
    coherence: Annotated[bool, typer.Option("--coherence", help="Also whether the parts belong together.")] = False,
    uncertainty: Annotated[
        int, typer.Option(metavar="N", min=0, help="Also intervals of ranks, from N draws of other choices (2000).")
    ] = 0,
    sensitivity: Annotated[
        int, typer.Option(metavar="N", min=0, help="Also which choice moves ranks; N a power of two (256).")
    ] = 0,
    vary: Annotated[
        Path | None, typer.Option(metavar="TOML", help="What is varied, if not the usual choices.", readable=False)
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn by lot.")] = 0,
    compare: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Also who moved since this run, and why.", readable=False)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Also write the run to this file.")] = None,
    again: Annotated[
        Path | None, typer.Option("--replay", metavar="RUN", help="Make a run again; prints data.", readable=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Make an index of any table: scores and ranks of its units, and what was done to every cell. Needs no graph."""
    from api.indices import asked_for, make_index, replay_index
    from api.terminal import show_index

    if again is not None:
        if data or framework or recipe or edition or impute_group or weights or vary or compare or coherence:
            raise InputError("--replay takes everything from its RUN; give it alone")
        if uncertainty or sensitivity or removal or seed:
            raise InputError("--replay gives what its RUN was asked for; make a new run to ask for more")
        text, same = replay_index(again, out)
        typer.echo(text, nl=False)
        if not same:
            raise InputError(f"{again}: the run says something else than what is printed; another version made it")
        return
    if data is None or framework is None:
        raise InputError("index needs --data and --framework, or --replay RUN")
    asked = asked_for(coherence, uncertainty, sensitivity, seed, vary)
    told = make_index(
        data, framework, recipe, impute_group, edition, removal, out, weights=weights, asked=asked, earlier=compare
    )
    _print(told, as_json, show_index)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="The folder to write nodes, edges, chain and truth to.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same world.")] = 0,
    world: Annotated[str, typer.Option(help="Which laws it has; an unknown name lists them.")] = "reference",
) -> None:
    """Draw a world of parks with planted chemistry, to see whether a measure finds it."""
    from api.files import replacing
    from graph.simulate import WORLDS, draw, tables

    if world not in WORLDS:
        raise InputError(f"--world {world!r} is not known; known are {', '.join(WORLDS)}")
    drawn = draw(WORLDS[world], seed)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in tables(drawn).items():
        with replacing(out / name) as file:
            file.write(text)
    typer.echo(f"{len(drawn.truth)} parks, {len(drawn.firms)} firms, {len(drawn.ties)} ties written to {out}", err=True)


@app.command()
def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write; of tables the folder.")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="jsonl: all that is known, sorted, one object a line. "
            "csv, parquet (tables), graphml, gexf, jsonld: the network of firms.",
        ),
    ] = "jsonl",
    nodes: Annotated[
        Path | None, typer.Option(help="Export this network instead, as in measure.", readable=False)
    ] = None,
    edges: Annotated[Path | None, typer.Option(help="Its ties.", readable=False)] = None,
    measures: Annotated[bool, typer.Option("--measures/--no-measures", help="With the measures.")] = True,
    seed: Annotated[int, typer.Option(help="Of all that is drawn by lot.")] = 0,
) -> None:
    """Write everything that the graph knows, or its network, to a file; equal graphs give equal bytes."""
    if form != "jsonl":
        _export_network(output, form, nodes, edges, measures, seed)
        return
    from api.files import replacing
    from graph.export import canonical

    if nodes or edges:
        raise InputError("--nodes and --edges are a network, and jsonl is of the graph; choose another --format")
    lines = 0
    with _store() as store, replacing(output) as file:
        for lines, line in enumerate(canonical(store), 1):  # noqa: B007
            file.write(line + "\n")
    typer.echo(f"{lines} lines written to {output}", err=True)


def _export_network(output: Path, form: str, nodes: Path | None, edges: Path | None, measures: bool, seed: int) -> None:
    from api.exports import write_network
    from graph.exchange import FORMS

    if form not in FORMS:
        raise InputError(f"--format {form!r} is not known; jsonl, {', '.join(FORMS)} are")
    if (nodes is None) != (edges is None):
        raise InputError("--nodes and --edges belong together; give both, or neither to export the graph")
    if nodes and edges:
        from graph.tables import read_network

        net, known = read_network(nodes, edges), []
    else:
        from api.answers import curated
        from graph.curated import network

        with _store() as store:
            net, known = network(store, curated()), list(curated().chains)
    report = None
    if measures:
        from graph.report import full

        report = full(net, known, seed=seed)
    for path in write_network(net, report, form, output):
        typer.echo(f"written: {path}", err=True)


@app.command()
def delete(
    documents: Annotated[
        list[str], typer.Argument(help="Ids of documents, or their paths as given to ingest.", show_default=False)
    ],
    as_json: Json = False,
) -> None:
    """Take documents away again, and exactly what only they support. Ingesting them anew is the way back."""
    from api.jobs import delete_documents
    from api.terminal import show_deleted

    with _store() as store:
        _print(delete_documents(store, documents), as_json, show_deleted)


review = typer.Typer(help="Decide which names are one entity. Without a command: the names that wait.")
app.add_typer(review, name="review", invoke_without_command=True)
OneName = Annotated[str, typer.Argument(help="A name as documents write it, or its id.", show_default=False)]
Who = Annotated[str, typer.Option("--who", help="Who says so; the user of this machine if not given.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the log.")]
Again = Annotated[bool, typer.Option("--again", help="Replace the opposite judgement of the same two names.")]


@review.callback()
def review_queue(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    after: Annotated[str, typer.Option("--after", help="`next` of the page before.")] = "",
    as_json: Json = False,
) -> None:
    """The names that may be one entity, the most alike first, with the sentences that use them."""
    if context.invoked_subcommand:
        return
    from api.terminal import show_queue
    from graph.query.review import queue

    with _store() as store:
        _print(queue(store, after, limit), as_json, show_queue)


@review.command("same")
def review_same(
    a: OneName, b: OneName, who: Who = "", reason: Reason = "", again: Again = False, as_json: Json = False
) -> None:
    """Two names are one entity."""
    _judge("same", a, b, who, reason, again, as_json)


@review.command("different")
def review_different(
    a: OneName, b: OneName, who: Who = "", reason: Reason = "", again: Again = False, as_json: Json = False
) -> None:
    """Two names are two entities, also where a third name is like both."""
    _judge("different", a, b, who, reason, again, as_json)


@review.command("unsure")
def review_unsure(a: OneName, b: OneName, who: Who = "", reason: Reason = "", as_json: Json = False) -> None:
    """Nobody knows: the rules decide. This also takes an earlier judgement back."""
    _judge("unsure", a, b, who, reason, False, as_json)


def _judge(verdict: str, a: str, b: str, who: str, reason: str, again: bool, as_json: bool) -> None:
    from api.review import judge_names
    from api.terminal import show_judged
    from graph.judgement import Verdict

    with _store() as store:
        said = judge_names(store, a, b, Verdict(verdict), who=who, reason=reason, again=again)
    _print(said, as_json, show_judged)


@review.command("industries")
def review_industries(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    skip: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Json = False,
) -> None:
    """The names of industries without a sure class: what each may mean, and how much stays unclassified."""
    from api.review import waiting_industries
    from api.terminal import show_industries

    with _store() as store:
        _print(waiting_industries(store, skip, limit), as_json, show_industries)


@review.command("log")
def review_log(as_json: Json = False) -> None:
    """Every judgement, in the order in which they were given."""
    from api.terminal import show_log
    from graph.query.review import log

    with _store() as store:
        _print(log(store), as_json, show_log)


@review.command("export")
def review_export(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write: one JSON object a line.")],
) -> None:
    """Write the log to a file."""
    from api.files import replacing
    from api.review import export_log

    with _store() as store, replacing(output) as file:
        lines = sum(file.write(line + "\n") > 0 for line in export_log(store))
    typer.echo(f"{lines} judgements written to {output}", err=True)


@review.command("import")
def review_import(
    file: Annotated[Path, typer.Argument(help="A file that `review export` wrote.", show_default=False)],
) -> None:
    """Add the judgements of a file to the log; those that are there are passed over. Names may come later."""
    from api.review import import_log

    with _store() as store:
        typer.echo(f"{import_log(store, file)} new judgements", err=True)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    demo_graph: Annotated[bool, typer.Option("--demo", help="Serve the graph of `parkbond demo`.")] = False,
) -> None:
    """Serve the HTTP interface and its page."""
    from api.app import serve as run

    run(_demo_settings() if demo_graph else settings(), host, port)


key = typer.Typer(help="Keys for the HTTP service: who may read, write and administer.", no_args_is_help=True)
app.add_typer(key, name="key")


@key.command("add")
def key_add(
    name: Annotated[str, typer.Argument(help="Who holds it.", show_default=False)],
    role: Annotated[str, typer.Option(help="reader, editor (also writes) or admin (also keys).")] = "reader",
    as_json: Json = False,
) -> None:
    """Make a key. It is shown once; only its hash is kept. From the first key on, nobody gets in without one."""
    from api.keys import Role, add
    from api.terminal import show_key

    if role not in list(Role):
        raise InputError(f"--role {role!r} must be reader, editor or admin")
    made, secret = add(settings().service / "keys.json", name, Role(role))
    _print({"id": made.id, "name": made.name, "role": made.role, "key": secret}, as_json, show_key)


@key.command("list")
def key_list(as_json: Json = False) -> None:
    """Every key that was made, without the secrets."""
    from api.keys import read
    from api.terminal import show_keys

    names = ("id", "name", "role", "created", "revoked")
    rows = [{name: getattr(one, name) for name in names} for one in read(settings().service / "keys.json") or ()]
    _print(rows, as_json, show_keys)


@key.command("revoke")
def key_revoke(which: Annotated[str, typer.Argument(metavar="ID", help="Its id or name.", show_default=False)]) -> None:
    """End a key, at once also in a service that runs."""
    from api.keys import read, revoke

    file = settings().service / "keys.json"
    ended = revoke(file, which)
    typer.echo(f"ended: {ended.id} {ended.name} ({ended.role})", err=True)
    if all(one.revoked for one in read(file) or ()):
        typer.echo(f"no key is valid now; without {file} the service is open to this machine again", err=True)


question = typer.Typer(
    help="Saved questions, with places for words: 哪些企业在{park}？ The same as over HTTP.", no_args_is_help=True
)
app.add_typer(question, name="question")
SavedName = Annotated[str, typer.Argument(metavar="NAME", help="What it is saved as.", show_default=False)]


@question.command("add")
def question_add(
    name: SavedName,
    words: Annotated[
        str, typer.Argument(metavar="QUESTION", help="A question; {park} is a place for words.", show_default=False)
    ],
    as_json: Json = False,
) -> None:
    """Save a question under a name."""
    from api.questions import add
    from api.terminal import show_saved

    _print(add(_questions(), name, words).told(), as_json, lambda row: show_saved([row]))


@question.command("list")
def question_list(as_json: Json = False) -> None:
    """Every saved question, with what it asks for."""
    from api.questions import read
    from api.terminal import show_saved

    _print([one.told() for one in read(_questions())], as_json, show_saved)


@question.command("show")
def question_show(name: SavedName, as_json: Json = False) -> None:
    """One saved question, with what it asks for."""
    from api.questions import called
    from api.terminal import show_saved

    _print(called(_questions(), name).told(), as_json, lambda row: show_saved([row]))


@question.command("ask")
def question_ask(
    name: SavedName,
    values: Annotated[
        list[str] | None,
        typer.Argument(metavar="PLACE=WORDS", help="What stands in each place.", show_default=False),
    ] = None,
    phrase: Phrase = False,
    as_json: Json = False,
) -> None:
    """Answer a saved question with these words in its places, as `parkbond ask` would."""
    from api.questions import called, values_of

    _answer(called(_questions(), name).filled(values_of(values or ())), phrase, as_json)


@question.command("remove")
def question_remove(name: SavedName) -> None:
    """Take a saved question away."""
    from api.questions import remove

    gone = remove(_questions(), name)
    typer.echo(f"removed: {gone.name}: {gone.question}", err=True)


def _questions() -> Path:
    from api.questions import FILE

    return settings().service / FILE


@app.command()
def mcp(
    http: Annotated[
        int | None,
        typer.Option("--http", metavar="PORT", min=1, max=65535, help="Serve http://127.0.0.1:PORT/mcp instead."),
    ] = None,
    demo_graph: Annotated[bool, typer.Option("--demo", help="Serve the graph of `parkbond demo`.")] = False,
) -> None:
    """Serve agents over the Model Context Protocol: over standard input and output, as they start it themselves."""
    from api.mcp import over_http, over_stdio

    where = _demo_settings() if demo_graph else settings()
    if http is None:
        over_stdio(where)
    else:
        over_http(where, http)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what is installed, which engine runs, and what to do about what is wrong."""
    from api.doctor import examine
    from api.terminal import show_examination

    findings = examine()
    _print(findings, as_json, show_examination)
    raise typer.Exit(0 if all(finding["ok"] for finding in findings) else 1)


@app.command()
def stop() -> None:
    """End the embedded engine now; it would end by itself when unused. The graph stays."""
    from graph.store.engine import stop as stop_engine

    for place in {settings().graph, _demo_settings().graph}:
        if place.startswith("embedded:"):
            folder = Path(place.removeprefix("embedded:"))
            if folder.is_dir() and stop_engine(folder):
                typer.echo(f"stopped the engine of {folder}", err=True)


@app.command()
def demo() -> None:
    """Show the main job on the documents that ship: ranking, a park, an answered question. Uses a graph of its own."""
    from api.demo import run

    run(_demo_settings())


def _demo_settings() -> Settings:
    from dataclasses import replace

    from api.settings import default_graph, service_folder

    own, graph = settings(), default_graph().removesuffix("graph") + "demo"
    plain = replace(settings({}), graph=graph, cache=own.cache)
    return replace(plain, service=service_folder(graph), key=own.key, hosts=own.hosts, rate=own.rate)


def _reading(extractor: str) -> Settings:
    """The settings with this extractor, if one is given. Raises SettingError for one that cannot be had."""
    from dataclasses import replace

    from ingest.extract import identity

    plain = settings()
    where = replace(plain, extractor=extractor or plain.extractor)
    identity(where.extractor, where.llm)
    return where


def _agreed(load: dict[str, Any], yes: bool) -> None:
    """Show what a reading costs and go on only if the user wants it."""
    from api.terminal import cost_of

    if not load["to_read"]:
        return
    typer.echo(cost_of(load), err=True)
    if not yes:
        typer.confirm("go on?", abort=True, err=True)


def _store() -> closing[Store]:
    """The graph of the settings, prepared; let go at the end of the block."""
    from api.stores import open_store

    return closing(open_store(settings()))


def _chains(file: Path | None) -> tuple[Chain, ...]:
    """The chain of a table of industries, none without one."""
    if file is None:
        return ()
    from graph.chain import from_csv
    from graph.tables import text_of

    return (from_csv(text_of(file), str(file)),)


def _print(data: Any, as_json: bool, show: Any) -> None:
    if as_json:
        json.dump(data, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        show(data)


def main() -> None:
    """Entry point of the command `parkbond`."""
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)  # its warnings come to the user as our one line
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app()
        sys.stdout.flush()
    except OSError as error:
        typer.secho(f"parkbond: the output cannot be written ({error.strerror or error})", err=True, fg="red")
        os._exit(1)  # not even the rest of the output can be flushed


if __name__ == "__main__":
    main()
