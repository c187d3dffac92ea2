"""Every setting, read once from the environment; all mistakes are told at once.

PARKBOND_GRAPH            where the graph is kept: embedded:DIR, or neo4j://HOST:PORT (bolt://, neo4j+s:// …)
PARKBOND_GRAPH_USER       user of a Neo4j server (neo4j)
PARKBOND_GRAPH_PASSWORD   its password
PARKBOND_GRAPH_DATABASE   its database (neo4j)
PARKBOND_IDLE             seconds after which an unused embedded engine ends (60)
PARKBOND_MODEL            embedding model: a folder or the name of a model (intfloat/multilingual-e5-small)
PARKBOND_HUB              1 allows fetching a model from a hub (0)
PARKBOND_CACHE            where made models are kept (~/.cache/parkbond)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graph.errors import SettingError

DEFAULT_MODEL = "intfloat/multilingual-e5-small"
_SCHEMES = ("embedded:", "neo4j://", "neo4j+s://", "neo4j+ssc://", "bolt://", "bolt+s://", "bolt+ssc://")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says."""

    graph: str
    user: str
    password: str
    database: str
    idle: float
    model: str
    hub: bool
    cache: Path


def default_graph() -> str:
    """The embedded graph of this user: one folder, whatever the working directory."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return f"embedded:{Path(data) / 'parkbond' / 'graph'}"


def settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment. Raises SettingError that lists every mistake."""
    env = os.environ if environ is None else environ
    wrong: list[str] = []
    graph = env.get("PARKBOND_GRAPH") or default_graph()
    if not graph.startswith(_SCHEMES) or graph in _SCHEMES:
        wrong.append(f"PARKBOND_GRAPH={graph!r} must be embedded:DIR or neo4j://HOST:PORT")
    password = env.get("PARKBOND_GRAPH_PASSWORD", "")
    if not wrong and not graph.startswith("embedded:") and not password:
        wrong.append("PARKBOND_GRAPH_PASSWORD is needed for a Neo4j server")
    idle = _number(env, "PARKBOND_IDLE", 60.0, wrong)
    hub = env.get("PARKBOND_HUB", "0")
    if hub not in ("0", "1"):
        wrong.append(f"PARKBOND_HUB={hub!r} must be 0 or 1")
    if wrong:
        raise SettingError("; ".join(wrong))
    return Settings(
        graph=graph,
        user=env.get("PARKBOND_GRAPH_USER") or "neo4j",
        password=password,
        database=env.get("PARKBOND_GRAPH_DATABASE") or "neo4j",
        idle=idle,
        model=env.get("PARKBOND_MODEL") or DEFAULT_MODEL,
        hub=hub == "1",
        cache=Path(env.get("PARKBOND_CACHE") or Path.home() / ".cache" / "parkbond"),
    )


def _number(env: Mapping[str, str], name: str, default: float, wrong: list[str]) -> float:
    given = env.get(name)
    if not given:
        return default
    try:
        value = float(given)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        wrong.append(f"{name}={given!r} must be a number of seconds above 0")
    return value
