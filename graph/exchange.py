"""Networks and measures as files that other programs read. Equal input gives equal bytes: no dates, a fixed order.

| format | holds | read by |
|---|---|---|
| csv | nodes, edges and measures, a file each | `parkbond measure --nodes --edges`, spreadsheets, R |
| parquet | the same, typed | pandas, polars, DuckDB, R arrow |
| graphml | the network; firms with their measures | networkx, igraph, yEd, Cytoscape |
| gexf | the same | Gephi |
| jsonld | firms, parks and ties as linked data, with measures | RDF stores |

>>> from graph.network import Firm, Network, Tie
>>> net = Network.of([Firm("a", {"P": ()}, "芯片"), Firm("b", {"P": ()})], [Tie("a", "b", 2.0)])
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from graph.errors import InputError
from graph.frames import edge_columns, node_columns, report_columns, wide_columns
from graph.measure import labels
from graph.network import Network

FORMS = ("csv", "parquet", "graphml", "gexf", "jsonld")
"""What a network can be written as."""

TABLES = frozenset({"csv", "parquet"})
"""Forms that are several files."""

Columns = Mapping[str, Sequence[Any]]
Report = Mapping[str, Any]

CONTEXT: Mapping[str, Any] = {
    "schema": "https://schema.org/",
    "pb": "urn:parkbond:terms:",
    "name": "schema:name",
    "park": {"@id": "pb:park", "@type": "@id"},
    "party": {"@id": "pb:party", "@type": "@id"},
    "measure": "pb:measure",
    "industry": "pb:industry",
    "weight": "pb:weight",
    "kind": "pb:kind",
    "document": "pb:document",
    "value": "schema:value",
    "lo": "schema:minValue",
    "hi": "schema:maxValue",
    "n": "pb:n",
}
"""What the words of the linked data mean, inside the file: nothing is fetched to read it."""


def files(net: Network, report: Report | None, form: str) -> dict[str, bytes]:
    """The network, and the measures if a report is given, as files: name -> content; one without a name if it is one.

    Raises:
        InputError: the form is not known, or its library is not installed.

    >>> sorted(files(net, None, "csv")), list(files(net, None, "gexf"))
    (['edges.csv', 'nodes.csv'], [''])
    """
    match form:
        case "csv" | "parquet":
            write = _csv if form == "csv" else _parquet
            return {f"{name}.{form}": write(columns) for name, columns in _tables(net, report).items()}
        case "graphml":
            return {"": graphml(net, report).encode()}
        case "gexf":
            return {"": gexf(net, report).encode()}
        case "jsonld":
            return {"": jsonld(net, report).encode()}
    raise InputError(f"--format {form!r} is not known; {', '.join(FORMS)} are")


def graphml(net: Network, report: Report | None = None) -> str:
    """The network as GraphML: firms with their columns and, from the report, the measures that are numbers.

    Oracle: networkx.parse_graphml reads it back.
    """
    nodes, edges = _attributes(net, report), _rest(edge_columns(net), ("source", "target"))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">']
    for domain, columns in (("node", nodes), ("edge", edges)):
        for name, values in columns.items():
            kind = "double" if _numeric(values) else "string"
            key = quoteattr(f"{domain} {name}")
            lines.append(f'<key id={key} for="{domain}" attr.name={quoteattr(name)} attr.type="{kind}"/>')
    lines.append('<graph edgedefault="undirected">')
    for place, firm in enumerate(net.firms):
        lines += [f"<node id={quoteattr(firm)}>", *_told("node", nodes, place), "</node>"]
    for place, (a, b) in enumerate(_ends(net)):
        lines += [f"<edge source={quoteattr(a)} target={quoteattr(b)}>", *_told("edge", edges, place), "</edge>"]
    return "\n".join([*lines, "</graph>", "</graphml>", ""])


def gexf(net: Network, report: Report | None = None) -> str:
    """The network as GEXF 1.2, for Gephi: as `graphml`; the names of firms are the labels.

    Oracle: networkx.read_gexf reads it back.
    """
    nodes, edges = _attributes(net, report), _rest(edge_columns(net), ("source", "target", "weight"))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">']
    lines.append('<graph defaultedgetype="undirected" mode="static">')
    for domain, columns in (("node", nodes), ("edge", edges)):
        lines.append(f'<attributes class="{domain}" mode="static">')
        for number, (name, values) in enumerate(columns.items()):
            kind = "double" if _numeric(values) else "string"
            lines.append(f'<attribute id="{number}" title={quoteattr(name)} type="{kind}"/>')
        lines.append("</attributes>")
    lines.append("<nodes>")
    for place, firm in enumerate(net.firms):
        name = quoteattr(net.names.get(firm, firm))
        lines += [f"<node id={quoteattr(firm)} label={name}>", *_valued(nodes, place), "</node>"]
    lines += ["</nodes>", "<edges>"]
    for place, ((a, b), weight) in enumerate(zip(_ends(net), net.weight.tolist(), strict=True)):
        opened = f'<edge id="{place}" source={quoteattr(a)} target={quoteattr(b)} weight="{weight!r}">'
        lines += [opened, *_valued(edges, place), "</edge>"]
    return "\n".join([*lines, "</edges>", "</graph>", "</gexf>", ""])


def jsonld(net: Network, report: Report | None = None) -> str:
    """Firms, parks and ties as JSON-LD; with a report each has its measures that are numbers or words.

    >>> told = json.loads(jsonld(net))
    >>> [one["@id"] for one in told["@graph"]]
    ['urn:parkbond:park:P', 'urn:parkbond:firm:a', 'urn:parkbond:firm:b', 'urn:parkbond:tie:a,b']
    """
    graph = [*_parks(net, report), *_firms(net, report), *_ties(net)]
    return json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _tables(net: Network, report: Report | None) -> dict[str, Columns]:
    tables: dict[str, Columns] = {"nodes": node_columns(net), "edges": edge_columns(net)}
    return tables | ({"measures": report_columns(report)} if report else {})


def _csv(columns: Columns) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(columns)
    table.writerows(["" if cell is None else cell for cell in row] for row in zip(*columns.values(), strict=True))
    return out.getvalue().encode()


def _parquet(columns: Columns) -> bytes:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise InputError('Parquet needs pyarrow: pip install "parkbond[frames]"') from error
    out = io.BytesIO()
    parquet.write_table(pyarrow.table({name: list(values) for name, values in columns.items()}), out)
    return out.getvalue()


def _attributes(net: Network, report: Report | None) -> dict[str, Sequence[Any]]:
    """What is told of each firm beside its id: columns, and measures that are numbers."""
    found = _rest(node_columns(net), ("id",))
    if report:
        measured = wide_columns(report, "firms")
        found |= {name: values for name, values in _rest(measured, ("id",)).items() if _numeric(values)}
    return found


def _rest(columns: Columns, known: Sequence[str]) -> dict[str, Sequence[Any]]:
    return {name: values for name, values in columns.items() if name not in known}


def _numeric(values: Sequence[Any]) -> bool:
    return all(value is None or isinstance(value, int | float) for value in values)


def _ends(net: Network) -> Iterator[tuple[str, str]]:
    columns = edge_columns(net)
    return zip(columns["source"], columns["target"], strict=True)


def _told(domain: str, columns: Columns, place: int) -> Iterator[str]:
    for name, values in columns.items():
        if _says(values[place]):
            yield f"<data key={quoteattr(f'{domain} {name}')}>{escape(_word(values[place]))}</data>"


def _valued(columns: Columns, place: int) -> Iterator[str]:
    told = [(number, values[place]) for number, values in enumerate(columns.values()) if _says(values[place])]
    if told:
        yield "<attvalues>"
        yield from (f'<attvalue for="{number}" value={quoteattr(_word(value))}/>' for number, value in told)
        yield "</attvalues>"


def _says(value: Any) -> bool:
    return value is not None and value != ""


def _word(value: Any) -> str:
    """A value in XML, without the characters that XML cannot hold."""
    return "".join(one for one in str(value) if one >= " " or one in "\t\n\r")


def _urn(kind: str, *ids: str) -> str:
    return f"urn:parkbond:{kind}:{','.join(quote(one, safe='') for one in ids)}"


def _parks(net: Network, report: Report | None) -> Iterator[dict[str, Any]]:
    for park, label in zip(net.parks, labels(net, net.parks), strict=True):
        yield {"@id": _urn("park", park), "@type": "schema:Place", "name": label, **_measures(report, "parks", label)}


def _firms(net: Network, report: Report | None) -> Iterator[dict[str, Any]]:
    columns, first, called = node_columns(net), net.first_seat.tolist(), labels(net, net.firms)
    for place, firm in enumerate(net.firms):
        seats = net.members.other[first[place] : first[place + 1]].tolist()
        told: dict[str, Any] = {
            "@id": _urn("firm", firm),
            "@type": "schema:Organization",
            "name": net.names.get(firm, firm),
            "park": [_urn("park", net.parks[park]) for park in seats],
        }
        rest = {name: values[place] for name, values in _rest(columns, ("id", "name", "park")).items()}
        told |= {name if name == "industry" else f"pb:{quote(name)}": v for name, v in rest.items() if _says(v)}
        yield told | _measures(report, "firms", called[place])


def _ties(net: Network) -> Iterator[dict[str, Any]]:
    columns = edge_columns(net)
    for place, (a, b) in enumerate(_ends(net)):
        told = {"@id": _urn("tie", a, b), "@type": "pb:Tie", "party": [_urn("firm", a), _urn("firm", b)]}
        told["weight"] = columns["weight"][place]
        for name, word in (("kind", "kind"), ("documents", "document")):
            if name in columns and columns[name][place]:
                told[word] = columns[name][place].split(";")
        yield told


def _measures(report: Report | None, scope: str, label: str) -> dict[str, Any]:
    if not report:
        return {}
    told = []
    for name, one in report[scope][label].items():
        if isinstance(one["value"], int | float | str):
            ends = {key: one[key] for key in ("lo", "hi") if one[key] is not None}
            told.append({"name": name, "value": one["value"], **ends, "n": one["n"]})
    return {"measure": told}
