"""The commands on both engines: what they print as data, and what they do with bad input."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Run = Callable[..., Result]

TEXT = "澜川半导体有限公司与禾禹生物科技有限公司签署战略合作协议。澜川半导体有限公司位于苏州工业园区。"
SUMMARY = {"read", "added", "changed", "unchanged", "duplicate", "skipped", "failed", "entities", "relations"}


def ingest(run: Run, *paths: Path) -> tuple[int, dict[str, Any]]:
    done = run("ingest", *paths, "--no-vectors", "--json")
    return done.exit_code, json.loads(done.stdout)


def exported(run: Run, folder: Path) -> bytes:
    file = folder / "export.jsonl"
    assert run("export", "--output", file).exit_code == 0
    return file.read_bytes()


def test_ingest_says_what_it_did(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(TEXT)
    code, summary = ingest(run, file)
    assert (code, summary["read"], summary["added"], summary["failed"]) == (0, 1, 1, 0)
    assert set(summary) >= SUMMARY
    assert summary["entities"] >= 3
    assert summary["relations"] >= 2
    assert ingest(run, file)[1]["unchanged"] == 1
    assert "1 read, 1 unchanged" in run("ingest", file, "--no-vectors").stdout


def test_a_new_version_of_a_record_replaces_the_old(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"id": "x", "text": TEXT}))
    ingest(run, file)
    file.write_text(json.dumps({"id": "x", "text": "启岚光电有限公司位于青峤产业园。"}))
    code, summary = ingest(run, file)
    assert (code, summary["changed"], summary["added"]) == (0, 1, 0)
    assert "澜川".encode() not in exported(run, tmp_path)


def test_two_texts_of_one_id_in_one_command_are_both_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(json.dumps({"id": "x", "text": text}) for text in ("one firm", "another firm")))
    code, summary = ingest(run, file)
    assert (code, summary["added"], summary["failed"]) == (1, 0, 2)
    assert all("'x'" in problem for problem in summary["problems"])


def test_what_cannot_be_read_is_named_and_the_rest_is_ingested(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "garbage.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "nul.txt").write_bytes(b"before\0after")
    (tmp_path / "large.txt").write_bytes("园区企业。".encode() * 3_500_000)
    (tmp_path / "ragged.csv").write_text(f"id,text\nr-1,{TEXT}\nr-2,a,b,c\n")
    (tmp_path / "lines.jsonl").write_text(json.dumps({"id": "l-1", "text": TEXT + "一"}) + "\n{no json}\n")
    (tmp_path / "good.txt").write_text(TEXT + "二")
    code, summary = ingest(run, tmp_path, tmp_path / "not-there.txt")
    assert (code, summary["added"], summary["failed"]) == (1, 3, 7)
    for name in ("empty.txt", "garbage.txt", "nul.txt", "large.txt", "ragged.csv", "lines.jsonl", "not-there.txt"):
        [line] = [problem for problem in summary["problems"] if name in problem]
        assert "\n" not in line


def test_a_file_name_that_is_no_utf8_stops_no_other(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(TEXT)
    name = os.fsencode(folder) + b"/" + "东澜".encode("gb18030") + b".txt"
    with open(name, "w", encoding="utf-8") as file:
        file.write("启岚光电有限公司位于青峤产业园。")
    code, summary = ingest(run, folder)
    assert (code, summary["added"], summary["problems"]) == (0, 2, [])


def test_vectors_that_cannot_be_made_leave_the_summary(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARKBOND_MODEL", str(tmp_path / "no-model"))
    file = tmp_path / "a.txt"
    file.write_text(TEXT)
    done = run("ingest", file, "--json")
    summary = json.loads(done.stdout)
    assert (done.exit_code, summary["added"], summary["vectors"]) == (1, 1, 0)
    assert "no-model" in summary["problems"][0]


def test_an_output_that_is_a_link_stays_a_link(run: Run, tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    assert run("export", "--output", link).exit_code == 0
    assert link.is_symlink()
    assert target.read_text() != "old"


def test_delete_by_id_and_by_path(run: Run, tmp_path: Path) -> None:
    empty = exported(run, tmp_path)
    folder = tmp_path / "in"
    (folder / "2023").mkdir(parents=True)
    (folder / "2023" / "a.txt").write_text(TEXT)
    (folder / "b.jsonl").write_text(json.dumps({"id": "b", "text": TEXT}))
    ingest(run, folder)
    hint = run("delete", "in/2023/a.txt")
    assert hint.exit_code == 1
    assert "did you mean 2023/a.txt" in hint.stderr
    gone = run("delete", "2023/a.txt", "b", "--json")
    assert gone.exit_code == 0
    report = json.loads(gone.stdout)
    assert (len(report["deleted"]), report["kept"]) == (2, [])
    assert exported(run, tmp_path) == empty
    again = run("delete", "b")
    assert again.exit_code == 1
    assert "nothing was deleted" in again.stderr


def test_rank_and_published_lists_as_data(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(
        "2024产业园区“未来力”指数发布。在报告选取的931家产业园区中,“未来力”综合指数得分前三的是中关村科技园区海淀园、"
        "中关村科技园区大兴亦庄园、张江高科技园区北区。" + TEXT
    )
    ingest(run, file)
    rows = json.loads(run("rank", "--published", "--json").stdout)
    assert [(row["rank"], row["park"]) for row in rows] == [
        (1, "中关村科技园区海淀园"),
        (2, "中关村科技园区大兴亦庄园"),
        (3, "张江高科技园区北区"),
    ]
    said = {"edition", "park", "rank", "track", "sample", "status", "document", "start", "end"}
    assert said <= set(rows[0])
    assert (rows[0]["edition"], rows[0]["sample"], rows[0]["status"]) == ("2024", 931, "stated")
    assert json.loads(run("rank", "--json").stdout) == []


def test_a_roster_adds_firms_that_no_document_names(run: Run, tmp_path: Path) -> None:
    empty = exported(run, tmp_path)
    file = tmp_path / "roster.csv"
    file.write_text("park,name,industry\n苏州工业园区,澜川半导体有限公司,半导体\n苏州工业园区,启岚光电有限公司,光电\n")
    done = run("roster", file, "--source", "管委会名录", "--date", "2024-01-01", "--no-vectors", "--json")
    assert (done.exit_code, json.loads(done.stdout)["added"]) == (0, 1)
    profile = json.loads(run("park", "苏州工业园区", "--json").stdout)
    assert {firm["name"] for firm in profile["firms"]} == {"澜川半导体有限公司", "启岚光电有限公司"}
    assert profile["attributes"]["boundary"] == "roster"
    again = run("roster", file, "--source", "管委会名录", "--date", "2024-01-01", "--no-vectors", "--json")
    assert json.loads(again.stdout)["unchanged"] == 1
    run("delete", "roster.csv")
    assert exported(run, tmp_path) == empty
    missing = run("roster", file)
    assert missing.exit_code == 1
    assert "source" in missing.stderr


def test_an_unknown_park_is_one_line(run: Run) -> None:
    done = run("park", "无此园区")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "无此园区" in done.stderr


def test_doctor_is_content(run: Run) -> None:
    done = run("doctor", "--json")
    findings = json.loads(done.stdout)
    assert {"engine", "content", "graph"} <= {finding["what"] for finding in findings}
    assert done.exit_code == (0 if all(finding["ok"] for finding in findings) else 1)


def test_search_finds_by_words_before_vectors_are_made(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(TEXT)
    ingest(run, file)
    found = json.loads(run("search", "禾禹生物", "--json").stdout)
    assert found["mode"] == "lexical"
    assert found["note"]
    assert "禾禹生物" in found["hits"][0]["passage"]["text"]
    assert run("search", "  ").exit_code == 1
