"""What the command line does and HTTP does too, on a graph of a few documents: the same answers, and bad input."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from facts import say, tell
from fastapi.testclient import TestClient
from recorded import Stub, serving
from served import problem
from typer.testing import CliRunner, Result

from api.answers import curated, folded, known_names, phraser, reasons
from api.app import create_app
from api.cli import app
from api.deps import Ways
from api.intake import extraction, intake
from api.settings import settings
from graph.errors import InputError
from graph.store.base import Store
from ingest.extract import extractor
from ingest.model import Extractor

pytestmark = pytest.mark.parametrize("server", ["embedded"], indirect=True)

TEXT = "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。"
DATA = "unit,x,y\nA,1,4\nB,3,2\nC,5,3\nD,,1\n"
FRAMEWORK = "code,name,level,parent,direction,weight,denominator\ni,Index,2,,1,1,\nx,X,1,i,1,1,\ny,Y,1,i,1,1,\n"


@cache
def reader() -> Extractor:
    return extractor("fast")


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving() as made:
        yield made


@pytest.fixture
def client(store: Store, stub: Stub, tmp_path: Path) -> TestClient:
    store.add([tell("d1", say("LOCATED_IN", "澜川公司", "甲园"), say("LOCATED_IN", "禾禹公司", "乙园"))])
    store.add([tell("d2", say("COLLABORATES", "澜川公司", "禾禹公司", date="2024-05-06"), title="签约")])
    where = settings({"PARKBOND_LLM_URL": stub.endpoint.url, "PARKBOND_LLM_MODEL": "small"})
    ways = Ways(
        store,
        folded,
        known_names,
        intake(reader),
        None,
        reasons(),
        curated(),
        questions=tmp_path / "questions.json",
        phraser=phraser(where),
        extract=extraction(reader),
    )
    made = create_app(lambda: ways)
    made.state.ways = ways
    return TestClient(made, raise_server_exceptions=False)


@pytest.fixture
def run(server: Any, client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("PARKBOND_GRAPH", server.graph)
    monkeypatch.setenv("PARKBOND_SERVICE", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_a_saved_question_answers_as_the_words_themselves(client: TestClient, run: Callable[..., Result]) -> None:
    assert run("question", "add", "partners", "{firm}与谁合作？").exit_code == 0
    said = client.post("/api/v1/questions/partners/ask", json={"values": {"firm": "澜川公司"}}).json()
    plain = client.get("/api/v1/ask", params={"q": "澜川公司与谁合作？"}).json()
    assert said == plain
    assert said["answered"]
    assert said["rows"]
    told = json.loads(run("question", "ask", "partners", "firm=澜川公司", "--json").stdout)
    assert told == {name: value for name, value in plain.items() if name != "phrasing"}
    strange = client.post("/api/v1/questions/partners/ask", json={"values": {"firm": "}) DETACH DELETE n //"}})
    assert strange.status_code == 200
    assert not strange.json()["answered"]


def test_an_answer_is_put_into_words_that_its_evidence_bears(
    client: TestClient, stub: Stub, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def good(handler: Any) -> None:
        shown = json.loads(stub.asked[-1]["messages"][1]["content"])["sources"]
        row = next(one["number"] for one in shown if "禾禹公司" in one["says"])
        text = [
            {"text": "澜川公司与禾禹公司合作。", "cites": [row]},
            {"text": "澜川公司与甲园合作。", "cites": [row]},
            {"text": "澜川公司与启岚光电合作。", "cites": [row]},
        ]
        body = json.dumps({"choices": [{"message": {"content": json.dumps({"sentences": text})}}]}).encode()
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(body)

    stub.give(good)
    plain = client.get("/api/v1/ask", params={"q": "澜川公司与禾禹公司有什么合作？"}).json()
    asked = client.post("/api/v1/ask", json={"question": "澜川公司与禾禹公司有什么合作？", "phrase": True}).json()
    told = asked["phrasing"]
    assert [one["text"] for one in told["sentences"]] == ["澜川公司与禾禹公司合作。"]
    assert told["dropped"] == 2
    assert {**asked, "phrasing": None} == plain
    monkeypatch.setenv("PARKBOND_LLM_URL", stub.endpoint.url)
    monkeypatch.setenv("PARKBOND_LLM_MODEL", "small")
    printed = run("ask", "澜川公司与禾禹公司有什么合作？", "--phrase").stdout
    assert "澜川公司与禾禹公司合作。 [" in printed
    assert "put into words by small, 2 sentences dropped" in printed
    assert "启岚光电" not in printed


def test_parks_are_compared_and_what_they_lack_is_asked_by_name(client: TestClient) -> None:
    told = client.get("/api/v1/compare", params={"park": ["甲园", "乙园"]}).json()
    assert (told["query"]["intent"], told["query"]["parks"], told["answered"]) == ("compare", ["甲园", "乙园"], True)
    assert [row["park"] for row in told["rows"]] == ["甲园", "乙园"]
    assert client.get("/api/v1/parks/甲园/gaps").json()["query"]["intent"] == "gap"
    problem(client.get("/api/v1/compare?park=甲园"), 422)
    problem(client.get("/api/v1/compare", params={"park": ["甲园", "丙园"]}), 404)
    problem(client.get("/api/v1/parks/丙园/gaps"), 404)


def test_tracks_and_recipes_that_the_index_takes_are_listed(client: TestClient) -> None:
    tracks = client.get("/api/v1/tracks").json()["tracks"]
    assert {one["status"] for one in tracks} >= {"stated"}
    chained = next(one for one in tracks if one["chain"])
    assert client.get("/api/v1/index", params={"track": chained["name"]}).json()["track"] == chained["id"]
    whole = client.get("/api/v1/index").json()
    assert client.get("/api/v1/index?recipe=future").json() == whole
    for name in ("none", "../../../etc/passwd", "x.toml"):
        assert "future" in problem(client.get("/api/v1/index", params={"recipe": name}), 422)["detail"]


def test_a_firm_is_measured_as_in_the_whole_report(client: TestClient, run: Callable[..., Result]) -> None:
    told = client.get("/api/v1/enterprises/澜川公司/measures").json()
    report = json.loads(run("measure", "--json").stdout)
    assert told["measures"] == report["firms"]["澜川公司"]
    problem(client.get("/api/v1/enterprises/无名公司/measures"), 404)


def test_a_network_is_exported_without_its_measures(client: TestClient) -> None:
    assert "slr" not in client.get("/api/v1/export?format=jsonld&measures=false").text
    assert (
        client.get("/api/v1/export?format=jsonld").text
        != client.get("/api/v1/export?format=jsonld&measures=false").text
    )


def test_names_and_claims_are_read_and_not_kept(client: TestClient, store: Store, run: Callable[..., Result]) -> None:
    before = store.revision()
    told = client.post("/api/v1/extract", json={"documents": [{"id": "x", "text": TEXT}]}).json()["documents"]
    assert [one["surface"] for one in told[0]["entities"]] == ["澜川半导体有限公司", "禾禹生物科技有限公司"]
    assert [(one["type"], one["kind"]) for one in told[0]["relations"]] == [("COLLABORATES", ["战略合作"])]
    for one in told[0]["entities"]:
        assert TEXT[one["start"] : one["end"]] == one["surface"]
    assert store.revision() == before
    assert (
        "documents[1]"
        in problem(client.post("/api/v1/extract", json={"documents": [{"text": TEXT}, {"text": " "}]}), 422)["detail"]
    )
    problem(client.post("/api/v1/extract", json={"documents": []}), 422)
    problem(client.post("/api/v1/extract", json={"documents": [{"text": "园" * 200_001}]}), 422)


# ---- tables of one's own ---------------------------------------------------------------------------------------------


def test_an_index_of_a_table_is_that_of_the_command(
    client: TestClient, run: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "d.csv").write_text(DATA)
    (tmp_path / "f.csv").write_text(FRAMEWORK)
    words = ("--uncertainty", 40, "--removal", "--coherence", "--seed", 3, "--json")
    done = run("index", "--data", tmp_path / "d.csv", "--framework", tmp_path / "f.csv", *words)
    body = {"data": DATA, "framework": FRAMEWORK, "uncertainty": 40, "removal": True, "coherence": True, "seed": 3}
    told = client.post("/api/v1/index", json=body).json()
    assert told == json.loads(done.stdout)
    again = client.post("/api/v1/index/replay", json={"run": told}).json()
    assert (again["same"], again["index"]) == (True, told)
    changed = client.post(
        "/api/v1/index", json={"data": DATA.replace("5,3", "0,3"), "framework": FRAMEWORK, "compare": told}
    )
    assert changed.json()["comparison"]
    frozen = client.post("/api/v1/index", json={"data": DATA, "framework": FRAMEWORK, "edition": told})
    assert frozen.json()["recipe"]["frozen"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"data": ""}, "empty"),
        ({"data": "unit,x,y\nA,one,2\n"}, "data, row 2"),
        ({"data": "unit,x,y\n" + "A" * 200_000 + ",1,2\n"}, "CSV"),
        ({"framework": "code\nx\n"}, "framework"),
        ({"recipe": "[treat]\nwinmax = -1"}, "winmax"),
        ({"recipe": "["}, "TOML"),
        ({"weights": "none"}, "none"),
        ({"weights": "equal", "points": "expert,x\na,1\n"}, "leave weights out"),
        ({"points": "expert,z\na,1\n"}, "points"),
        ({"vary": "[vary]"}, "add uncertainty"),
        ({"uncertainty": 10_001}, "uncertainty"),
        ({"sensitivity": 3}, "power of two"),
        ({"data": "unit,x,y\n" + "".join(f"u{at},{at},1\n" for at in range(30_000))}, "60,000 cells"),
        (
            {"data": "unit,x,y\n" + "".join(f"u{at},{at},1\n" for at in range(2_000)), "uncertainty": 10_000},
            "take too long",
        ),
        ({"edition": {}}, "no run"),
        ({"compare": {"hash": 1, "recipe": 2, "input": 3}}, "no run"),
        ({"edition": {"hash": {"run": 1}, "recipe": [], "input": {"framework": {}, "data": {}}}}, "no run"),
        ({"seed": -1}, "seed"),
        ({"more": 1}, "more"),
    ],
)
def test_tables_that_cannot_be_used_are_problems(client: TestClient, changes: dict[str, Any], told: str) -> None:
    answer = client.post("/api/v1/index", json={"data": DATA, "framework": FRAMEWORK, **changes})
    assert told in problem(answer, 422)["detail"]


def test_a_run_that_asks_for_too_much_is_not_made_again(client: TestClient) -> None:
    run = client.post("/api/v1/index", json={"data": DATA, "framework": FRAMEWORK, "uncertainty": 20}).json()
    run["uncertainty"]["draws"] = 10**9
    assert "take too long" in problem(client.post("/api/v1/index/replay", json={"run": run}), 422)["detail"]
    run["uncertainty"] = {"draws": "many"}
    problem(client.post("/api/v1/index/replay", json={"run": run}), 422)
    problem(client.post("/api/v1/index/replay", json={"run": {}}), 422)


NODES = [
    {"id": name, "park": "P" if name in "ab" else "Q", "industry": "电芯" if name in "ac" else "整车"}
    for name in "abcd"
]


def test_a_network_of_ones_own_is_measured_as_by_the_command(
    client: TestClient, run: Callable[..., Result], tmp_path: Path
) -> None:
    edges = [{"source": "a", "target": "b", "weight": 2}, {"source": "c", "target": "d", "weight": 1}]
    chain = [{"upstream": "电芯", "downstream": "整车"}]
    for name, rows in (("n", NODES), ("e", edges), ("c", chain)):
        lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
    told = client.post("/api/v1/measures", json={"nodes": NODES, "edges": edges, "chain": chain}).json()
    files = [
        word
        for name, at in (("nodes", "n"), ("edges", "e"), ("chain", "c"))
        for word in (f"--{name}", tmp_path / f"{at}.csv")
    ]
    assert told == json.loads(run("measure", *files, "--json").stdout)
    assert set(told["firms"]) == set("abcd")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"nodes": []}, "nodes"),
        ({"nodes": [{"id": "a"}]}, "park"),
        ({"nodes": [*NODES, NODES[0] | {"park": "Z"}]}, "a"),
        ({"nodes": [NODES[0] | {"size": "large"}]}, "size"),
        ({"nodes": [NODES[0] | {"size": True}]}, "size"),
        ({"edges": [{"source": "a", "target": "b", "weight": -1}]}, "weight"),
        ({"edges": [{"source": "", "target": "b"}]}, "source"),
        ({"chain": [{"upstream": "x", "downstream": "x"}]}, "chain"),
        ({"chain": [{"upstream": "x", "downstream": ""}]}, "chain"),
        ({"wirings": 1}, "wirings"),
        ({"since": "yesterday"}, "since"),
        ({"more": 1}, "more"),
    ],
)
def test_networks_that_cannot_be_used_are_problems(client: TestClient, changes: dict[str, Any], told: str) -> None:
    answer = client.post("/api/v1/measures", json={"nodes": NODES, "edges": [], **changes})
    assert told in problem(answer, 422)["detail"]


def test_who_comes_when_all_places_are_taken_is_sent_away(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.limits import Turns
    from api.routes import index

    full = Turns(1)
    monkeypatch.setattr(index, "TURNS", full)
    body = {"data": DATA, "framework": FRAMEWORK}
    with full:
        answer = client.post("/api/v1/index", json=body)
        problem(answer, 503)
        assert answer.headers["retry-after"]
    assert client.post("/api/v1/index", json=body).status_code == 200
    with pytest.raises(InputError), full:
        raise InputError("x")
    assert client.post("/api/v1/index", json=body).status_code == 200, "a failure gives its place back"
