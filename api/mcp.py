"""What agents may ask over the Model Context Protocol: the same functions and results as over HTTP, as tools.

stdio             an agent starts `parkbond mcp` itself
streamable HTTP   `parkbond mcp --http PORT`, at http://127.0.0.1:PORT/mcp; with a key where keys were made
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

from pydantic import Field, ValidationError

from api.deps import DATE, Ways
from api.schemas import Answer, Evidence, Hits, Park, Rows
from graph.errors import NotFound, ParkbondError

if TYPE_CHECKING:
    from mcp.server import MCPServer

    from api.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

DOCUMENTS = "parkbond://documents/{+id}"
"""Where the text of a document stands."""

INSTRUCTIONS = """A graph of industrial parks, firms and their cooperation, read from documents; every fact is tied to
the words that say it. Begin with `ask` for a question, `search` for passages. An answer that is not `answered` says
why; do not fill the gap. "Not observed" is not "does not exist": tell the coverage with it. Cite by evidence:
`evidence` gives the quote, and parkbond://documents/ID the whole text that its offsets count in."""

Name = Annotated[str, Field(max_length=500, description="Name, alias or id.")]
Narrow = Annotated[str, Field(max_length=500, description="A name in any language, or an id; what lies within counts.")]
Day = Annotated[str, Field(pattern=DATE, description="Published then: a year, month or day, included.")]


class Desk:
    """The tools over one graph."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways

    def search(
        self,
        q: Annotated[str, Field(max_length=10_000, description="What to look for, in Chinese or English.")],
        limit: Annotated[int, Field(ge=1, le=100)] = 10,
        park: Narrow = "",
        place: Narrow = "",
        industry: Narrow = "",
        kind: Annotated[str, Field(max_length=100, description="A kind of cooperation, such as 战略合作.")] = "",
        since: Day = "",
        until: Day = "",
        lang: Annotated[str, Field(max_length=100, description="zh, zh-Hans, zh-Hant or en.")] = "",
        source: Annotated[str, Field(max_length=500, description="Part of an address or path.")] = "",
    ) -> Hits:
        """Find documents that speak of something, each with its best passage and why it was found."""
        from api.routes.search import search_documents

        return search_documents(
            self._ways,
            q,
            limit,
            since=since,
            until=until,
            park=park,
            place=place,
            industry=industry,
            kind=kind,
            lang=lang,
            source=source,
        )

    def ask(
        self, question: Annotated[str, Field(max_length=10_000, description="In Chinese (either script) or English.")]
    ) -> Answer:
        """Answer a question from the graph: rows with evidence, how it was understood, what was looked through."""
        from api.routes.ask import ask

        return ask(self._ways, question)

    def park(self, name: Name) -> Park:
        """All that the graph says of a park: firms, fields, cooperation inside and outside, places on lists."""
        from graph.query.profile import park

        return Park.model_validate(park(self._ways.store, name))

    def compare(self, parks: Annotated[list[Name], Field(min_length=2, max_length=20)]) -> Answer:
        """Set parks side by side, and say which differences their intervals allow to speak of."""
        return self._about("compare", parks)

    def gaps(self, park: Name) -> Answer:
        """What a park lacks beside parks like it."""
        return self._about("gap", [park])

    def evidence(self, id: Annotated[str, Field(max_length=500, description="An id from an answer.")]) -> Evidence:
        """The words behind a fact: quote, passage, place in the document."""
        from graph.query.evidence import evidence

        return Evidence.model_validate(evidence(self._ways.store, id))

    def cypher(
        self,
        statement: Annotated[str, Field(description="MATCH … RETURN … that only reads.")],
        parameters: Annotated[dict[str, Any] | None, Field(description="Values for $names.")] = None,
    ) -> Rows:
        """Run a read-only Cypher statement of a small subset, within bounds."""
        from api.statements import rows_of

        return Rows.model_validate(rows_of(self._ways.store, statement, parameters or {}, self._ways.cypher))

    def document(self, id: str) -> str:
        """The original text of a document. Raises NotFound."""
        from graph.store import cypher

        rows = self._ways.store.run(cypher.DOCUMENT, id=id)
        if not rows:
            raise NotFound(f"no document has the id {id[:200]}; the hits of search name some")
        text: str = rows[0]["d"]["text"]
        return text

    def _about(self, intent: str, names: Sequence[str]) -> Answer:
        """The answer to a question of this intent on these parks."""
        from api.answers import about

        return Answer.model_validate(about(self._ways, intent, names))


def server(ways: Ways) -> MCPServer[Any]:
    """The server of these ways; it has the tool `cypher` only where statements are taken."""
    from mcp.server.mcpserver import ResourceSecurity
    from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
    from mcp_types import ToolAnnotations

    desk = Desk(ways)
    made = _wordy()(
        "parkbond",
        version=version("parkbond"),
        instructions=INSTRUCTIONS,
        log_level="WARNING",
        resource_security=ResourceSecurity(reject_path_traversal=False, reject_absolute_paths=False),
    )
    reads = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
    tools: list[Callable[..., Any]] = [desk.search, desk.ask, desk.park, desk.compare, desk.gaps, desk.evidence]
    for tool in (*tools, *([desk.cypher] if ways.cypher else [])):
        made.add_tool(_told(tool, ToolError), annotations=reads)
    document = _told(desk.document, ResourceNotFoundError)
    made.resource(DOCUMENTS, name="document", mime_type="text/plain", description="The original text of a document.")(
        document
    )
    return made


def _wordy() -> type[MCPServer[Any]]:
    """A server that says in one sentence which argument is wrong; the package is loaded now."""
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError

    class Wordy(MCPServer[Any]):
        async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:
            try:
                return await super().call_tool(name, arguments, context)
            except ToolError as error:
                if not isinstance(wrong := error.__cause__, ValidationError):
                    raise
                told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong.errors()[:5])
                raise ToolError(f"{name} cannot be called so: {told}") from None

    return Wordy


def _told(act: Callable[P, T], as_error: type[Exception]) -> Callable[P, T]:
    """The same, with every expected error as one that the client may read."""

    @wraps(act)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return act(*args, **kwargs)
        except ParkbondError as error:
            raise as_error(str(error)) from error

    return told


def over_stdio(where: Settings) -> None:
    """Serve one client over standard input and output, until it closes them."""
    from api.answers import open_ways

    ways = open_ways(where)
    try:
        server(ways).run("stdio")
    finally:
        ways.store.close()


def over_http(where: Settings, port: int) -> None:
    """Serve clients at http://127.0.0.1:`port`/mcp until stopped; where keys were made, those who have one."""
    import uvicorn

    from api.answers import open_ways
    from api.app import bound, guarded
    from api.limits import BodyLimit
    from api.metrics import Metrics
    from api.security import Door

    host = "127.0.0.1"
    guard = guarded(where, host)
    with bound(host, port) as listening:
        ways = open_ways(where)
        try:
            app = server(ways).streamable_http_app(stateless_http=True, json_response=True, host=host)
            door = Door(BodyLimit(app), guard, Metrics())
            config = uvicorn.Config(door, host=host, port=port, log_level="warning", timeout_graceful_shutdown=5)
            uvicorn.Server(config).run(sockets=[listening])
        finally:
            ways.store.close()
