"""Laws of resolution: order leaves no trace, what must stay apart stays apart, undoing gives back what was."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any

from extraction import reader
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.export import canonical, fingerprint
from graph.judgement import Judgement, Pair, Verdict, clusters, pair, standing
from graph.likeness import candidates, comparable
from graph.model import Contribution, Document, Kind
from graph.store import cypher
from graph.store.base import Store
from ingest.resolve import resolve
from ingest.resolve.card import card
from ingest.resolve.keys import key

MEMBERS = "abcdefg"
PAIRS = [pair(a, b) for a, b in combinations(MEMBERS, 2)]

pulls = st.dictionaries(st.sampled_from(PAIRS), st.sampled_from([0.92, 0.93, 0.97, 1.0, 2.0]), max_size=10)
forbidden = st.sets(st.sampled_from(PAIRS), max_size=4)


pure = settings(deadline=None)  # the first example may import networkx


@pure
@given(pulls=pulls, forbidden=forbidden, order=st.randoms(use_true_random=False))
def test_groups_keep_apart_what_must_be_and_do_not_know_of_order(
    pulls: dict[Pair, float], forbidden: set[Pair], order: Any
) -> None:
    def apart(a: str, b: str, level: float) -> bool:
        return pair(a, b) in forbidden

    found = clusters(MEMBERS, pulls, apart)
    assert sorted(name for group in found for name in group) == list(MEMBERS)
    assert not [both for both in forbidden for group in found if group.issuperset(both)]
    members, edges = list(MEMBERS), list(pulls.items())
    order.shuffle(members)
    order.shuffle(edges)
    assert clusters(members, dict(edges), apart) == found
    free = clusters(MEMBERS, pulls, lambda a, b, level: False)
    assert all(any(group <= whole for whole in free) for group in found)  # nothing is one without a pull
    if not forbidden:
        assert found == free


words = st.builds(
    lambda both, verdict, at: Judgement(*both, verdict, "li", f"2024-01-01T00:00:00.{at:06}+00:00"),
    st.sampled_from(PAIRS),
    st.sampled_from(list(Verdict)),
    st.integers(0, 30),
)


@pure
@given(said=st.lists(words, max_size=12), order=st.randoms(use_true_random=False))
def test_a_log_means_the_same_however_it_is_replayed(said: list[Judgement], order: Any) -> None:
    before = standing(said)
    again = [*said, *said[:3]]
    order.shuffle(again)
    assert standing(again) == before
    assert all(one.at == max(each.at for each in said if each.pair == both) for both, one in before.items())


NAMES = st.text(alphabet="澜川禾一二半导体科技", min_size=2, max_size=7)


@pure
@given(written=st.sets(NAMES, max_size=12))
def test_no_comparable_pair_of_a_block_is_missed(written: set[str]) -> None:
    cards = {one.id: one for one in (card(key(Kind.ENTERPRISE, name, "")) for name in written)}
    every = {pair(a.id, b.id) for a, b in combinations(cards.values(), 2) if a.block == b.block and comparable(a, b)}
    assert candidates(cards.values()) == every


TEXTS = (
    "成都宏澜科技有限公司（统一社会信用代码91510107MA6ABD124W）入驻青峤产业园，又称宏澜科技。",
    "宏澜科技（苏州）有限公司（统一社会信用代码91320594MA1XYT7893），简称宏澜科技，入驻东澜科技园。",
    "宏澜科技与启岚光电有限公司签署合作协议。",
    "宏澜科技有限公司（统一社会信用代码914403001922038216）与启岚光电有限公司签署合作协议。",
    "岚序数据技术有限公司更名为枫隐智能科技有限公司（曾用名：岚序数据技术有限公司）。",
    "岚序数据技术有限公司与启岚光电有限公司签署合作协议。",
    "枫隐智能与岚序数据技术有限公司签署合作协议。",
    "沐桁新材有限公司入驻青峤产业园。沐桁新材料有限公司入驻东澜科技园。",
    "沐桁新材有限公司与沐桁新材料有限公司签署合作协议。沐桁新材料有限公司苏州分公司入驻青峤产业园。",
)


@cache
def told() -> tuple[Contribution, ...]:
    return tuple(resolve(reader().extract(Document(f"d{at}", text))) for at, text in enumerate(TEXTS))


@cache
def firms() -> tuple[str, ...]:
    return tuple(sorted({name for each in told() for name, kind in each.kinds.items() if kind is Kind.ENTERPRISE}))


verdicts = st.lists(
    st.tuples(st.integers(0, 99), st.integers(0, 99), st.sampled_from(list(Verdict))), min_size=1, max_size=4
)


def judgements(drawn: list[tuple[int, int, Verdict]]) -> list[Judgement]:
    """Judgements of firms of the texts, one after another."""
    some = firms()
    ends = [(some[i % len(some)], some[j % len(some)], verdict) for i, j, verdict in drawn]
    return [
        Judgement(*pair(a, b), verdict, "li", f"2024-01-01T00:00:{at:02}.000000+00:00")
        for at, (a, b, verdict) in enumerate(ends)
        if a != b
    ]


laws = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def emptied(store: Store) -> None:
    store.delete([row["id"] for row in store.documents()])
    store._execute("MATCH (j:Judgement) DELETE j")  # type: ignore[attr-defined]
    assert list(canonical(store)) == []
    assert store.run("MATCH (n) WHERE n:Local OR n:Pair RETURN n.id AS id") == []


def state(store: Store) -> tuple[str, list[Any]]:
    """All that is known, and all pairs that were compared."""
    pairs = [row["p"] for row in store.run(cypher.QUEUE, least=-1.0)]
    return fingerprint(store), sorted(map(str, (sorted(row.items()) for row in pairs)))


@laws
@given(
    chosen=st.sets(st.integers(0, len(TEXTS) - 1), min_size=3),
    gone=st.sets(st.integers(0, len(TEXTS) - 1), max_size=2),
    drawn=verdicts,
    order=st.randoms(use_true_random=False),
)
def test_documents_and_judgements_in_any_order_give_one_graph(
    store: Store, chosen: set[int], gone: set[int], drawn: list[tuple[int, int, Verdict]], order: Any
) -> None:
    emptied(store)
    said = judgements(drawn)
    store.add([told()[at] for at in sorted(chosen - gone)])
    plain = state(store)
    store.judge(said, refuse=False)
    whole = state(store)
    back = {one.pair: one for one in said}.values()
    undone = [Judgement(*one.pair, Verdict.UNSURE, "li", f"2025-{one.at[5:]}") for one in back]
    store.judge(undone, refuse=False)
    assert state(store) == plain
    emptied(store)
    steps: list[Any] = [*(told()[at] for at in chosen | gone), *said]
    order.shuffle(steps)
    for step in steps:
        if isinstance(step, Judgement):
            store.judge([step], refuse=False)
        else:
            store.add([step])
    store.delete([f"d{at}" for at in gone])
    assert state(store) == whole
