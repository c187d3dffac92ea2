"""What clients of v1 rely on stays: each operation with its name, path, method and required parameters.

    python tests/golden/test_openapi.py      # writes openapi.json anew, for what was added

What is there may only go, or ask for more, with another version of the interface: then `API` in `api/app.py` changes,
and the paths with it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from api.app import API, create_app

FILE = Path(__file__).parent / "openapi.json"


def document() -> dict[str, Any]:
    """The description that the service gives."""
    return create_app(lambda: None).openapi()  # type: ignore[arg-type, return-value]


def promised(described: dict[str, Any]) -> dict[str, Any]:
    """By operationId: method, path, parameters and fields of the body, with those that are required."""
    schemas = described["components"]["schemas"]
    told: dict[str, Any] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            parameters = operation.get("parameters", ())
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            fields = schemas.get(body.get("$ref", "").rpartition("/")[2], {})
            told[operation["operationId"]] = {
                "does": f"{method.upper()} {path}",
                "takes": sorted(one["name"] for one in parameters),
                "requires": sorted(one["name"] for one in parameters if one.get("required")),
                "body": sorted(fields.get("properties", ())),
                "body_requires": sorted(fields.get("required", ())),
            }
    return dict(sorted(told.items()))


def test_what_clients_rely_on_is_as_it_was() -> None:
    now, before = promised(document()), json.loads(FILE.read_text(encoding="utf-8"))
    assert now.keys() >= before["operations"].keys(), "operations are gone"
    for name, was in before["operations"].items():
        assert now[name]["does"] == was["does"], name
        assert now[name]["requires"] == was["requires"], name
        assert now[name]["body_requires"] == was["body_requires"], name
        for part in ("takes", "body"):
            assert set(now[name][part]) >= set(was[part]), name


def test_the_golden_file_holds_all_there_is() -> None:
    before = json.loads(FILE.read_text(encoding="utf-8"))
    assert before == {"version": API, "operations": promised(document())}, "run python tests/golden/test_openapi.py"


def test_the_description_bears_the_version_of_the_interface() -> None:
    described = document()
    assert described["info"]["version"] == API
    assert re.fullmatch(r"1\.\d+", API), "another first number needs another path than /api/v1"
    probes = {"/healthz", "/readyz", "/metrics"}
    assert all(path.startswith("/api/v1/") for path in described["paths"].keys() - probes)


def test_each_operation_says_what_it_gives() -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            good = [told for status, told in operation["responses"].items() if status.startswith("2")]
            assert good, (method, path)
            assert all(told.get("content") for told in good), (method, path)
            for content in (content for told in good for content in told["content"].items()):
                kind, schema = content
                assert kind != "application/json" or schema.get("schema"), (method, path)
            assert operation.get("summary"), (method, path)
            assert operation.get("description"), (method, path)


def main() -> None:
    """Write the golden file."""
    told = {"version": API, "operations": promised(document())}
    FILE.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
