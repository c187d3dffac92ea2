"""Laws of the store: order, repetition and batching leave no trace; deleting equals never having seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from facts import Say, canonical_of, tell
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph import fact
from graph.errors import NotFound
from graph.export import canonical
from graph.model import Contribution, Status
from graph.store.base import Store

FIRMS = ("甲公司", "甲公司=甲", "甲公司=甲厂=甲乙科技公司", "乙公司", "乙公司=", "丙公司")
PARKS = ("东园", "西园")
FIELDS = ("芯片业", "光电业")
DATES = ("", "2023", "2024-01", "2024-03-01", "2024-04-30", "2024-07-15")
SOURCES = ("", "a.txt", "b.txt", "c/a.txt")

statuses = st.sampled_from(list(Status))
dates = st.sampled_from(DATES)


@st.composite
def says(draw: st.DrawFn) -> Say:
    """One claim about a handful of names."""
    firm = draw(st.sampled_from(FIRMS))
    kind = draw(st.sampled_from(["LOCATED_IN", "OPERATES_IN", "COLLABORATES", "three", "SUPPLIES", "DESCRIBED", ""]))
    other = draw(st.sampled_from([name for name in FIRMS if name.split("=")[0] != firm.split("=")[0]]))
    values = draw(st.dictionaries(st.sampled_from(["amount", "size"]), st.integers(0, 3), max_size=1))
    told = partial(Say, status=draw(statuses), date=draw(dates), values=values)
    match kind:
        case "LOCATED_IN":
            return told(kind, (firm, draw(st.sampled_from(PARKS))))
        case "OPERATES_IN":
            return told(kind, (firm, draw(st.sampled_from(FIELDS))))
        case "COLLABORATES":
            return told(kind, (firm, other), kinds=(draw(st.sampled_from(["战略合作", "合资"])),))
        case "three":
            return told("COLLABORATES", (firm, other, "江南大学"), kinds=("联盟成员",))
        case "SUPPLIES":
            return told(kind, (firm, other), until=draw(dates))
        case "DESCRIBED":
            return told(kind, (firm,))
        case _:
            return Say("", (firm, other))


def unlike(told: list[Say]) -> list[Say]:
    """No sentence twice: a claim at one place is one claim."""
    return list({str(each): each for each in told}.values())


@st.composite
def contributions(draw: st.DrawFn, name: str) -> Contribution:
    return tell(
        name,
        *unlike(draw(st.lists(says(), max_size=4))),
        form=draw(st.sampled_from(["text", "text", "roster"])),
        source=draw(st.sampled_from(SOURCES)),
    )


@st.composite
def collections(draw: st.DrawFn, most: int = 5) -> list[Contribution]:
    """Up to `most` documents, of which some may be reprints of one another."""
    return [draw(contributions(f"d{at}")) for at in range(draw(st.integers(1, most)))]


def batched(told: Sequence[Contribution], sizes: Sequence[int]) -> Iterator[list[Contribution]]:
    rest = list(told)
    for size in sizes:
        yield rest[:size]
        rest = rest[size:]
    yield rest


def sound(store: Store) -> None:
    """Relationships say what the lists on the nodes say, and nothing stands alone."""
    said = {row["id"]: (sorted(row["evidence"]), row["parties"]) for row in store.run(SAID)}
    evidence = {row["id"]: sorted(row["found"]) for row in store.run(SUPPORTED)}
    parties = {row["id"]: sorted(row["found"]) for row in store.run(JOINED)}
    assert {name: (evidence.get(name), parties.get(name)) for name in said} == said
    assert store.run(ALONE) == []


ALONE = "MATCH (n) WHERE (n:Passage OR n:Evidence OR n:Collaboration) AND NOT EXISTS { (n)--() } RETURN n.id AS id"
SAID = "MATCH (c:Collaboration) RETURN c.id AS id, c.evidence AS evidence, c.parties AS parties"
SUPPORTED = "MATCH (c:Collaboration)-[:EVIDENCED_BY]->(e:Evidence) RETURN c.id AS id, collect(e.id) AS found"
JOINED = "MATCH (c:Collaboration)<-[x:PARTY]-(e) RETURN c.id AS id, collect(x.role + ' ' + e.id) AS found"


def emptied(store: Store) -> None:
    store.delete([row["id"] for row in store.documents()])
    assert list(canonical(store)) == []


laws = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # an example costs a second: shrinking it would cost minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@laws
@given(
    told=collections(),
    order=st.randoms(use_true_random=False),
    sizes=st.lists(st.integers(1, 3), max_size=3),
    again=st.lists(st.integers(0, 4), max_size=3),
)
def test_order_repetition_and_batches_leave_no_trace(
    store: Store, told: list[Contribution], order: Any, sizes: list[int], again: list[int]
) -> None:
    emptied(store)
    shuffled = [*told, *(told[at] for at in again if at < len(told))]
    order.shuffle(shuffled)
    for batch in batched(shuffled, sizes):
        store.add(batch)
    assert list(canonical(store)) == canonical_of(told)


@laws
@given(told=collections(), gone=st.sets(st.integers(0, 4), min_size=1, max_size=3))
def test_deleting_equals_never_having_seen(store: Store, told: list[Contribution], gone: set[int]) -> None:
    emptied(store)
    store.add(told)
    store.delete([f"d{at}" for at in sorted(gone)])
    assert list(canonical(store)) == canonical_of([each for each in told if int(each.document.id[1:]) not in gone])


class Shelf:
    """What a store should hold after some steps, kept in the plainest way."""

    def __init__(self) -> None:
        self.told: dict[str, Contribution] = {}
        self.sources: dict[str, set[str]] = {}

    def add(self, told: Contribution) -> None:
        name, path = told.document.id, told.document.source
        if name not in self.told or self.told[name].document.version != told.document.version:
            self.told[name] = told
            self.sources[name] = set()
        self.sources[name] |= {path} - {""}

    def delete(self, name: str) -> None:
        self.told.pop(name, None)
        self.sources.pop(name, None)

    def forget(self, path: str) -> None:
        for name in [name for name, paths in self.sources.items() if path in paths]:
            self.sources[name].discard(path)
            if not self.sources[name]:
                self.delete(name)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(["d0", "d1", "d2"]).flatmap(contributions)),
        st.tuples(st.just("delete"), st.sampled_from(["d0", "d1", "d2", "d3"])),
        st.tuples(st.just("forget"), st.sampled_from(SOURCES[1:])),
    ),
    min_size=3,
    max_size=8,
)


@laws
@given(steps=steps)
def test_any_steps_end_where_the_plainest_shelf_ends(store: Store, steps: list[tuple[str, Any]]) -> None:
    """Both engines are held to the same lines, so they agree with each other too."""
    emptied(store)
    shelf = Shelf()
    for step, what in steps:
        if step == "add":
            store.add([what])
            shelf.add(what)
        elif step == "delete":
            store.delete([what])
            shelf.delete(what)
        else:
            known = any(what in paths for paths in shelf.sources.values())
            try:
                store.forget(what)
                assert known
            except NotFound:
                assert not known
            shelf.forget(what)
    assert list(canonical(store)) == canonical_of(shelf.told.values())
    assert {row["id"]: set(row["sources"]) for row in store.documents()} == shelf.sources
    assert store.versions(["d0", "d1", "d2"]) == {name: told.document.version for name, told in shelf.told.items()}
    sound(store)


@given(told=collections(), order=st.randoms(use_true_random=False))
def test_facts_do_not_depend_on_the_order_of_evidence(told: list[Contribution], order: Any) -> None:
    shuffled = list(told)
    order.shuffle(shuffled)
    assert canonical_of(shuffled) == canonical_of(told)


@given(told=collections())
def test_a_fact_alone_equals_the_fact_among_all(told: list[Contribution]) -> None:
    evidence = [piece for each in told for piece in each.evidence]
    for about in {piece.fact for piece in evidence}:
        some = [piece for piece in evidence if piece.fact == about]
        ids = {piece.id for piece in some}
        assert fact.links(some) == [link for link in fact.links(evidence) if link.id == about]
        events = [event for event in fact.collaborations(evidence) if ids.issuperset(event.evidence)]
        assert fact.collaborations(some) == events


@given(told=collections())
def test_collaborations_share_no_evidence_and_leave_none_out(told: list[Contribution]) -> None:
    evidence = [piece for each in told for piece in each.evidence if piece.relation.is_collaboration]
    events = fact.collaborations(evidence)
    assert sorted(name for event in events for name in event.evidence) == sorted({piece.id for piece in evidence})
    assert len({event.id for event in events}) == len(events)
    assert all(event.documents == len(event.origins) >= 1 for event in events)
