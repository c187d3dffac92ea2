"""The commands that README and docs show are run on the samples, and print what is shown.

A block ```console holds lines `$ parkbond …`, perhaps with settings before, and what follows them. `…` stands for any
text within a line; a line that is only `…` stands for any lines.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from graph.store import engine

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)


def commands(page: Path) -> Iterator[tuple[str, str]]:
    """Each command of a page with the output that is shown for it."""
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block[1], flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


SHOWN = [
    pytest.param(command, output, id=f"{page.name}: {command[:60]}")
    for page in PAGES
    for command, output in commands(page)
]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A graph of the samples, as the demo makes it, without vectors."""
    folder = tmp_path_factory.mktemp("shown")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARKBOND_GRAPH", f"embedded:{folder}")
        patch.setenv("PARKBOND_EXTRACTOR", "tagger")  # as a newcomer reads them
        done = CliRunner().invoke(app, ["ingest", str(ROOT / "ingest" / "samples"), "--no-vectors"])
        assert done.exit_code == 0, done.output
        yield f"embedded:{folder}"
    engine.stop(folder)


def pattern(shown: str) -> re.Pattern[str]:
    """What an output must match; white space at line ends plays no part."""
    lines = [line.rstrip() for line in shown.strip("\n").splitlines()]
    parts = [r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*?") + r" *\n" for line in lines]
    return re.compile("".join(parts))


@pytest.mark.parametrize(("command", "shown"), SHOWN)
def test_it_prints_what_is_shown(
    command: str, shown: str, samples: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PARKBOND_GRAPH", samples)
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)
    while "=" in words[0]:
        monkeypatch.setenv(*words.pop(0).split("=", 1))
    assert words[0] == "parkbond"
    done = CliRunner().invoke(
        app, [str(ROOT / word) if word.startswith("ingest/samples") else word for word in words[1:]]
    )
    assert done.exit_code == 0, done.output
    printed = done.stdout.strip("\n") + "\n"
    assert pattern(shown).fullmatch(printed), printed


def test_both_readmes_show_commands() -> None:
    assert len(list(commands(PAGES[0]))) >= 3
    assert len(list(commands(PAGES[1]))) >= 1
