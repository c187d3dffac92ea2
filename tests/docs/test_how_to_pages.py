"""The Python examples of the how-to pages run."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[2] / "docs" / "how-to").glob("*.md"))
WITH_A_SERVICE = {"http"}  # these run in tests of their own
WITH_PYTHON = [
    page for page in PAGES if "```python\n" in page.read_text(encoding="utf-8") and page.stem not in WITH_A_SERVICE
]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page: Path) -> None:
    """All ```python blocks of a page, one after another, in one session."""
    for library in ("pandas", "matplotlib"):
        pytest.importorskip(library)
    blocks = "\n".join(
        re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    )
    session = doctest.DocTestParser().get_doctest(blocks, {}, page.name, str(page), 0)
    told: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(session, out=told.append)
    assert session.examples
    assert result.failed == 0, "".join(told)
