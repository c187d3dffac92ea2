"""A real network: joint patent applications up to 2008, and the ties that came from 2009 to 2014.

The page docs/method/validation.md reports what is asserted here; `python tests/copatents.py` prints all of it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from copatents import FOLDER, Findings, rank, read


@pytest.fixture(scope="module")
def findings(parkbond_data: Path) -> Findings:
    if not (parkbond_data / FOLDER).is_dir():
        pytest.skip(f"PARKBOND_DATA has no {FOLDER}")
    return Findings.of(read(parkbond_data))


def test_the_network_is_the_one_of_the_page(findings: Findings) -> None:
    net, peers = findings.patents.net, findings.found.peers
    assert (len(net.firms), len(net.source), peers.observed.sum()) == (3139, 4216, 799)
    assert (findings.judged.sum(), (peers.observed >= 5).sum()) == (41, 23)


def test_density_falls_with_size_more_than_slr_does(findings: Findings) -> None:
    size = findings.found.peers.firms.astype(float)
    assert rank(findings.density, size, findings.judged) == pytest.approx(-0.53, abs=0.01)
    assert rank(findings.found.peers.ratio, size, findings.judged) == pytest.approx(-0.31, abs=0.01)


def test_place_matters_in_most_regions(findings: Findings) -> None:
    """Against strangers of the same country, not of the same city: regions are all there is."""
    place = findings.found.place
    known = findings.judged & np.isfinite(place.value)
    assert known.sum() == 19
    assert np.median(place.value[known]) == pytest.approx(3.36, abs=0.01)


def test_ties_of_one_applicant_come_together(findings: Findings) -> None:
    assert findings.found.peers.dispersion == pytest.approx(3.53, abs=0.01)


def test_later_ties_are_hardly_foretold(findings: Findings) -> None:
    """What the page admits: neither ratio tells where new ties came, beyond what the number of ties tells."""
    slr, degree, later = findings.found.peers.ratio, findings.degree, findings.later_density
    assert rank(slr, later, findings.judged) == pytest.approx(0.10, abs=0.01)
    assert rank(findings.found.place.value, later, findings.judged) == pytest.approx(0.23, abs=0.01)
    assert rank(degree, later, findings.judged) == pytest.approx(0.29, abs=0.01)
