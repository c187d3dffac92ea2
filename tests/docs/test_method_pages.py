"""The pages about the method tell the truth: their examples run, and every measure there is stands on one of them."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from graph.measure import FIRM, GROUP, PARK, WHOLE

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "method").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page: Path) -> None:
    """All ```python blocks of a page, one after another, in one session."""
    text = page.read_text(encoding="utf-8")
    blocks = "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    session = doctest.DocTestParser().get_doctest(blocks, {}, page.name, str(page), 0)
    assert session.examples, f"{page.name} shows no example"
    told: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(session, out=told.append)
    assert result.failed == 0, "".join(told)


def test_every_measure_stands_on_a_page() -> None:
    said = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = {re.sub("_(z|rescaled)$", "", name) for name in (*GROUP, *WHOLE, *PARK, *FIRM)}
    assert not {name for name in named if f"`{name}`" not in said}


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
