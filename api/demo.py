"""The main job on the documents that ship, in one go."""

from __future__ import annotations

from contextlib import closing
from importlib.resources import files
from pathlib import Path

import typer

from api.answers import answer_question, curated
from api.jobs import ingest_paths
from api.settings import Settings
from api.stores import open_store
from api.terminal import show_answer, show_park, show_published, show_ranking, show_summary
from graph.curated import view
from graph.query.profile import park
from graph.query.standing import published, ranking

PARK = "武汉经济技术开发区"
QUESTION = "哪些园区把智能网联汽车和芯片设计连在一起？"


def run(where: Settings) -> None:
    """Read the samples, then print ranking, published list, one park and one answered question."""
    samples = Path(str(files("ingest") / "samples"))
    _head(f"Reading {samples}")
    with closing(open_store(where)) as store:
        show_summary(ingest_paths(store, [samples], where))
        _head("Our ranking of the parks in these documents (provisional; the samples are few)")
        lists = published(store)
        show_ranking(ranking(view(store, curated())), lists)
        _head("The published list, as the documents state it")
        show_published(lists)
        _head(f"One park: {PARK}")
        show_park(park(store, PARK))
        _head(f"One question: {QUESTION}")
        show_answer(answer_question(store, QUESTION))
    _head("Next")
    typer.echo(
        "The page and the HTTP interface of this graph:   .venv/bin/parkbond serve --demo   then open http://127.0.0.1:8000"
    )
    typer.echo("Your own documents:                              .venv/bin/parkbond ingest FOLDER")


def _head(text: str) -> None:
    typer.secho(f"\n=== {text}", bold=True)
