"""The tracks of an edition as axes: how a park stands on each, and whether it is strong on all alike (六边形)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.chain import Chain
from graph.chemistry.chains import chained
from graph.chemistry.hexagon import hexagon
from graph.chemistry.webs import percentile
from graph.metrics.value import finite
from graph.network import Network


@dataclass(frozen=True, slots=True)
class Track:
    """An axis of the hexagon; `status` says whether a publisher stated it or this project chose it."""

    id: str
    name: str
    name_en: str = ""
    edition: str = ""
    status: str = "project"


@dataclass(frozen=True, slots=True)
class Axis:
    """How a park stands on one track: firms on it and how much of its chain they occupy, None where there is none."""

    track: Track
    firms: int
    completeness: float | None  # 0..1
    percentile: float | None  # 0..100, among the parks that are on the track

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        own = {name: getattr(self.track, name) for name in ("id", "name", "name_en", "edition", "status")}
        return own | {"firms": self.firms, "completeness": self.completeness, "percentile": self.percentile}


@dataclass(frozen=True, slots=True)
class Shape:
    """A park on all tracks: its axes, their evenness J (0..1; None: on no track) and whether it is near a hexagon."""

    axes: tuple[Axis, ...]
    evenness: float | None
    near: bool

    @property
    def present(self) -> float | None:
        """The share of the tracks on which a firm stands; None without tracks."""
        return sum(axis.firms > 0 for axis in self.axes) / len(self.axes) if self.axes else None

    @property
    def completeness(self) -> float | None:
        """The mean completeness of the chains, 0 where the park has no firm on the track; None without tracks."""
        return sum(axis.completeness or 0.0 for axis in self.axes) / len(self.axes) if self.axes else None


def shapes(net: Network, chains: Sequence[Chain], tracks: Sequence[Track]) -> tuple[Shape, ...]:
    """The shape of every park, in the order of `net.parks`; tracks without a chain are no axes.

    >>> from graph.chain import Step
    >>> from graph.network import Firm
    >>> chains = [Chain("ev", (Step("cell", "电芯"), Step("car", "整车")))]
    >>> net = Network.of([Firm("a", {"P": ()}, "电芯"), Firm("b", {"Q": ()}, "酒店")])
    >>> [(shape.axes[0].firms, shape.present) for shape in shapes(net, chains, [Track("ev", "新能源汽车")])]
    [(1, 1.0), (0, 0.0)]
    """
    of_track = {chain.track: number for number, chain in enumerate(chains)}
    shown = [track for track in tracks if track.id in of_track]
    found = chained(net, chains)
    columns = [of_track[track.id] for track in shown]
    firms = found.firms[:, columns]
    complete = found.present[:, columns]
    ranked = np.stack([percentile(column) for column in complete.T], axis=1) if columns else complete
    even = hexagon(complete)
    return tuple(
        Shape(
            tuple(
                Axis(track, int(firms[park, at]), finite(complete[park, at]), finite(ranked[park, at]))
                for at, track in enumerate(shown)
            ),
            finite(even.evenness[park]),
            bool(even.near[park]),
        )
        for park in range(len(net.parks))
    )
