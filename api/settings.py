"""Every setting, read once from the environment; all mistakes are told at once.

PARKBOND_GRAPH            where the graph is kept: embedded:DIR, or neo4j://HOST:PORT (bolt://, neo4j+s:// …)
PARKBOND_GRAPH_USER       user of a Neo4j server (neo4j)
PARKBOND_GRAPH_PASSWORD   its password
PARKBOND_GRAPH_DATABASE   its database (neo4j)
PARKBOND_IDLE             seconds after which an unused embedded engine ends (60)
PARKBOND_EXTRACTOR        what reads names and claims: tagger, fast or llm (tagger)
PARKBOND_LLM_URL          base of an OpenAI-compatible endpoint for llm and --phrase, such as http://127.0.0.1:11434/v1
PARKBOND_LLM_MODEL        its model
PARKBOND_LLM_KEY          its key, if it asks for one
PARKBOND_LLM_PRICE_IN     price of a million tokens sent, to show the cost before anything is sent (0)
PARKBOND_LLM_PRICE_OUT    price of a million tokens answered (0)
PARKBOND_LLM_SECONDS      seconds that one answer may take (120)
PARKBOND_READ_MEMORY      million bytes that the process may hold which reads pdf, Office files, pages … (1500)
PARKBOND_READ_SECONDS     seconds that such a file, or a page of it that is read by OCR, may take (60)
PARKBOND_READ_SIZE        million bytes that such a file may have (100)
PARKBOND_CYPHER           1 takes read-only Cypher statements (0)
PARKBOND_CYPHER_SECONDS   seconds that one may take (10)
PARKBOND_MODEL            embedding model: a folder or the name of a model (intfloat/multilingual-e5-small)
PARKBOND_PROMPT_QUERY     what that model wants before a question, where it does not say so itself
PARKBOND_PROMPT_PASSAGE   what it wants before a passage
PARKBOND_HUB              1 allows fetching a model from a hub (0)
PARKBOND_CACHE            where made models are kept (~/.cache/parkbond)
PARKBOND_SERVICE          where keys, saved questions, jobs and audit log lie (beside an embedded graph: DIR.service)
PARKBOND_KEY              an admin's key for the HTTP service, at least 32 characters, beside those of `parkbond key`
PARKBOND_HOSTS            names by which the HTTP service may be called, parted by commas
PARKBOND_RATE             requests a second that one caller may send (200 with keys, else as many as come)
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import SettingError
from ingest.extract import DEFAULT, NAMES, Endpoint

DEFAULT_MODEL = "intfloat/multilingual-e5-small"
_ADDRESS = re.compile(r"https?://(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?(?:/[^\s?#]*)?")
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
    extractor: str = DEFAULT
    prompts: tuple[str, str] | None = None  # before a question and a passage; None = as the model says
    llm: Endpoint | None = None
    read_memory: float = 1_500
    read_seconds: float = 60
    read_size: float = 100
    service: Path = Path("parkbond.service")
    key: str = ""
    hosts: tuple[str, ...] = ()
    rate: float | None = None
    cypher: bool = False
    cypher_seconds: float = 10.0


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
    extractor = env.get("PARKBOND_EXTRACTOR") or DEFAULT
    if extractor not in NAMES:
        wrong.append(f"PARKBOND_EXTRACTOR={extractor!r} must be one of {', '.join(NAMES)}")
    llm = _endpoint(env, wrong)
    reading: dict[str, Any] = {
        "read_memory": _number(env, "PARKBOND_READ_MEMORY", 1_500, wrong, "million bytes"),
        "read_seconds": _number(env, "PARKBOND_READ_SECONDS", 60, wrong),
        "read_size": _number(env, "PARKBOND_READ_SIZE", 100, wrong, "million bytes"),
    }
    serving = _serving(env, graph, wrong) | _statements(env, wrong)
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
        extractor=extractor,
        prompts=_prompts(env),
        llm=llm,
        **reading,
        **serving,
    )


def service_folder(graph: str) -> Path:
    """Where the HTTP service of a graph keeps what is its own: beside an embedded graph."""
    kept = Path(graph.removeprefix("embedded:") if graph.startswith("embedded:") else default_graph()[9:])
    return kept.with_name(f"{kept.name}.service")


def _serving(env: Mapping[str, str], graph: str, wrong: list[str]) -> dict[str, Any]:
    key = env.get("PARKBOND_KEY", "").strip()
    if key and not (len(key) >= 32 and key.isascii() and key.isprintable() and " " not in key):
        wrong.append(
            "PARKBOND_KEY must have at least 32 characters and no spaces; python -c 'import secrets; "
            "print(secrets.token_urlsafe())' makes one"
        )
    return {
        "service": Path(env.get("PARKBOND_SERVICE") or service_folder(graph)),
        "key": key,
        "hosts": tuple(filter(None, (name.strip().lower() for name in env.get("PARKBOND_HOSTS", "").split(",")))),
        "rate": _number(env, "PARKBOND_RATE", 0.0, wrong, "requests a second") or None,
    }


def _statements(env: Mapping[str, str], wrong: list[str]) -> dict[str, Any]:
    given = env.get("PARKBOND_CYPHER") or "0"
    if given not in ("0", "1"):
        wrong.append(f"PARKBOND_CYPHER={given!r} must be 0 or 1")
    return {"cypher": given == "1", "cypher_seconds": _number(env, "PARKBOND_CYPHER_SECONDS", 10.0, wrong)}


def _prompts(env: Mapping[str, str]) -> tuple[str, str] | None:
    """The prompts that are set; one that is not set is empty, and None stands for neither."""
    given = env.get("PARKBOND_PROMPT_QUERY"), env.get("PARKBOND_PROMPT_PASSAGE")
    return None if given == (None, None) else (given[0] or "", given[1] or "")


def _endpoint(env: Mapping[str, str], wrong: list[str]) -> Endpoint | None:
    """The endpoint of the extractor llm, if one is set."""
    url, model = env.get("PARKBOND_LLM_URL", "").strip(), env.get("PARKBOND_LLM_MODEL", "").strip()
    if not url and not model:
        return None
    if not _ADDRESS.fullmatch(url):
        wrong.append(f"PARKBOND_LLM_URL={url!r} must be an address such as http://127.0.0.1:11434/v1")
    if not model:
        wrong.append("PARKBOND_LLM_MODEL is needed beside PARKBOND_LLM_URL")
    key = env.get("PARKBOND_LLM_KEY", "").strip()
    if not (key.isascii() and key.isprintable()):
        wrong.append("PARKBOND_LLM_KEY holds characters that no key has")
    return Endpoint(
        url=url.rstrip("/"),
        model=model,
        key=key,
        price_in=_price(env, "PARKBOND_LLM_PRICE_IN", wrong),
        price_out=_price(env, "PARKBOND_LLM_PRICE_OUT", wrong),
        seconds=_number(env, "PARKBOND_LLM_SECONDS", 120.0, wrong),
    )


def _price(env: Mapping[str, str], name: str, wrong: list[str]) -> float:
    try:
        value = float(env.get(name) or 0)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        wrong.append(f"{name}={env[name]!r} must be a price of a million tokens, 0 or more")
    return value


def _number(env: Mapping[str, str], name: str, default: float, wrong: list[str], unit: str = "seconds") -> float:
    given = env.get(name)
    if not given:
        return default
    try:
        value = float(given)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        wrong.append(f"{name}={given!r} must be a number of {unit} above 0")
    return value
