"""`parkbond mcp` with a real client, over standard input and output and over HTTP, beside the same asked elsewhere."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graph.store import engine

if TYPE_CHECKING:
    from mcp import Client

ROOT = Path(__file__).parents[2]
TOOLS = {"search", "ask", "park", "compare", "gaps", "evidence"}
SECONDS = 120.0
"""Patience of these tests: a bound against hanging, never a measure."""

TEXTS = {
    "a b/东澜.txt": "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。澜川半导体有限公司位于苏州工业园区。",
    "d2": "启岚光电有限公司位于武汉东湖新技术开发区，与华中科技大学共建联合实验室。",
}

Act = Callable[["Client"], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An embedded graph of two documents, as the settings that name it."""
    folder = tmp_path_factory.mktemp("mcp")
    file = folder / "texts.jsonl"
    file.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in TEXTS.items()))
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PARKBOND_")},
        "PARKBOND_GRAPH": f"embedded:{folder / 'graph'}",
        "PARKBOND_EXTRACTOR": "fast",
        "PARKBOND_IDLE": "30",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "api.cli", "ingest", str(file), "--no-vectors"]
    subprocess.run(command, env=env, cwd=folder, check=True, capture_output=True)
    yield env
    engine.stop(folder / "graph")


@asynccontextmanager
async def over_stdio(env: dict[str, str]) -> AsyncIterator[Client]:
    from mcp import Client, StdioServerParameters

    started = StdioServerParameters(command=sys.executable, args=["-m", "api.cli", "mcp"], env=env, cwd=str(ROOT))
    async with Client(started, read_timeout_seconds=SECONDS) as client:
        yield client


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@asynccontextmanager
async def over_http(env: dict[str, str]) -> AsyncIterator[Client]:
    from mcp import Client

    async with AsyncExitStack() as stack:
        address = stack.enter_context(serving(env))
        yield await stack.enter_async_context(Client(f"{address}/mcp", read_timeout_seconds=SECONDS))


class serving:
    """`parkbond mcp --http` while open; where it answers."""

    def __init__(self, env: dict[str, str]) -> None:
        self.port, self.env = free_port(), env

    def __enter__(self) -> str:
        command = [sys.executable, "-m", "api.cli", "mcp", "--http", str(self.port)]
        self.process = subprocess.Popen(command, env=self.env, cwd=ROOT, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + SECONDS
        while True:
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", self.port)) == 0:
                    return f"http://127.0.0.1:{self.port}"
            assert self.process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(SECONDS)


WAYS = {"stdio": over_stdio, "http": over_http}


@pytest.fixture(params=WAYS)
def session(request: pytest.FixtureRequest, graph: dict[str, str]) -> Callable[..., None]:
    """Runs an act with a client over each transport; more settings may be given."""

    def run(act: Act, **more: str) -> None:
        async def whole() -> None:
            async with WAYS[request.param]({**graph, **more}) as client:
                await act(client)

        asyncio.run(whole())

    return run


async def given(client: Client, tool: str, **arguments: Any) -> Any:
    """What a tool gives, as data; the text beside it says the same."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    """What a tool says that cannot be used so."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    text: str = result.content[0].text
    assert "Traceback" not in text
    return text


def test_an_agent_finds_asks_and_cites(session: Callable[..., None]) -> None:
    async def act(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == TOOLS
        for tool in tools.values():
            assert tool.description
            assert tool.output_schema
            assert tool.annotations
            assert tool.annotations.read_only_hint
        assert "evidence" in (client.instructions or "")

        hits = await given(client, "search", q="战略合作协议", limit=5)
        assert hits["hits"][0]["document"] == "a b/东澜.txt"
        none = await given(client, "search", q="战略合作协议", park="武汉东湖新技术开发区")
        assert "a b/东澜.txt" not in [hit["document"] for hit in none["hits"]]

        answer = await given(client, "ask", question="澜川半导体有限公司与谁合作？")
        assert answer["answered"]
        assert answer["query"]["enterprises"] == ["澜川半导体有限公司"]
        piece = await given(client, "evidence", id=answer["evidence"][0])
        assert piece["document"] == "a b/东澜.txt"

        page = await client.read_resource("parkbond://documents/a%20b/%E4%B8%9C%E6%BE%9C.txt")
        text = page.contents[0].text
        assert text == TEXTS["a b/东澜.txt"]
        assert text[piece["start"] : piece["end"]].startswith(piece["quote"].rstrip("…"))

    session(act)


def test_parks_alone_and_side_by_side(session: Callable[..., None]) -> None:
    async def act(client: Client) -> None:
        park = await given(client, "park", name="苏州工业园区")
        assert [firm["name"] for firm in park["firms"]] == ["澜川半导体有限公司"]
        both = await given(client, "compare", parks=["苏州工业园区", "武汉东湖新技术开发区"])
        assert both["query"]["intent"] == "compare"
        assert [row["park"] for row in both["rows"]] == ["苏州工业园区", "武汉东湖新技术开发区"]
        gaps = await given(client, "gaps", park="苏州工业园区")
        assert gaps["query"]["intent"] == "gap"
        assert gaps["query"]["parks"] == ["苏州工业园区"]
        assert gaps["answered"] or gaps["reason"] in ("not_built", "insufficient")

    session(act)


def test_what_cannot_be_used_is_one_sentence_and_the_session_goes_on(session: Callable[..., None]) -> None:
    async def act(client: Client) -> None:
        from mcp import MCPError

        assert "no park is called" in await refused(client, "park", name="苏州工业圆区")
        assert "no park is called" in await refused(client, "compare", parks=["苏州工业园区", "无此园区"])
        assert "no evidence has the id" in await refused(client, "evidence", id="evidence-0")
        assert "limit" in await refused(client, "search", q="合作", limit=0)
        assert "parks" in await refused(client, "compare", parks=["苏州工业园区"])
        assert "question" in await refused(client, "ask", question="x" * 10_001)
        assert await refused(client, "cypher", statement="MATCH (n) RETURN n")
        unknown = await given(client, "ask", question="月球工业园有哪些企业？")
        assert (unknown["answered"], unknown["reason"]) == (False, "unknown_name")
        with pytest.raises(MCPError, match="no document has the id"):
            await client.read_resource("parkbond://documents/nowhere")
        assert (await given(client, "search", q="合作"))["hits"]

    session(act)


def test_statements_only_where_they_are_switched_on(session: Callable[..., None]) -> None:
    async def act(client: Client) -> None:
        assert {tool.name for tool in (await client.list_tools()).tools} == {*TOOLS, "cypher"}
        rows = await given(
            client,
            "cypher",
            statement="MATCH (e:Enterprise)-[:LOCATED_IN]->(p:Park {name: $park}) RETURN e.name AS firm",
            parameters={"park": "苏州工业园区"},
        )
        assert (rows["columns"], rows["rows"]) == (["firm"], [["澜川半导体有限公司"]])
        assert "DETACH changes the graph" in await refused(client, "cypher", statement="MATCH (n) DETACH DELETE n")

    session(act, PARKBOND_CYPHER="1")


def test_over_http_keys_and_names_of_hosts_count(graph: dict[str, str]) -> None:
    import httpx

    key = "k" * 40
    call = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    with serving({**graph, "PARKBOND_KEY": key}) as address:
        accepts = {"accept": "application/json, text/event-stream"}
        assert httpx.post(f"{address}/mcp", json=call, headers=accepts).status_code == 401
        with_key = accepts | {"authorization": f"Bearer {key}"}
        assert httpx.post(f"{address}/mcp", json=call, headers=with_key).status_code not in (401, 403, 421)
        rebound = with_key | {"host": "evil.example"}
        assert httpx.post(f"{address}/mcp", json=call, headers=rebound).status_code == 421


def test_it_is_loaded_by_its_own_command_only() -> None:
    script = (
        "import sys, api.cli, api.app, api.answers; "
        "sys.exit(any(name.split('.')[0] in ('mcp', 'mcp_types') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
