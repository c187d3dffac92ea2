"""What documents say together: dates, status, names and values by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from facts import Say, Value, entity, say, tell

from graph import fact
from graph.model import Collaboration, Entity, Evidence, Kind, Status


def told(*says: Say) -> list[Evidence]:
    """Each claim from a document of its own."""
    return [piece for at, each in enumerate(says) for piece in tell(f"d{at}", each).evidence]


def deal(date: str = "", status: str = "signed", until: str = "", **values: Value) -> Say:
    said = say("COLLABORATES", "甲公司", "乙公司", date=date, status=status, until=until)
    return replace(said, values=values)


def events(*says: Say) -> list[Collaboration]:
    return fact.collaborations(told(*says))


def since(*dates: str) -> list[str]:
    return sorted(event.since for event in events(*map(deal, dates)))


@pytest.mark.parametrize(
    ("dates", "starts"),
    [
        (("2024-01-01", "2024-03-01"), ["2024-01-01"]),  # 60 days
        (("2024-01-01", "2024-03-02"), ["2024-01-01", "2024-03-02"]),  # 61 days
        (("2024-01-01", "2024-04-29", "2024-03-01"), ["2024-01-01"]),  # each gap at most 60
        (("2024-01", "2024-03-31"), ["2024-01"]),  # from the 31st of January
        (("2024-01", "2024-04-02"), ["2024-01", "2024-04-02"]),
        (("2024-05", "2024-05-20"), ["2024-05-20"]),  # the precise date speaks for its month
        (("2024", "2024-05-20"), ["2024-05-20"]),
        (("2024", "2025-01-20"), ["2024", "2025-01-20"]),  # 2025 is not in 2024
        (("2024-02-01", "2024", "2024-11-01"), ["2024-02-01", "2024-11-01"]),  # a year bridges nothing
        (("2023", "2024"), ["2023", "2024"]),
        (("", "2024-05-20", "2021-01-01"), ["2021-01-01", "2024-05-20"]),  # undated joins the earliest
        (("", ""), [""]),
    ],
)
def test_dates_that_lie_close_tell_of_one_collaboration(dates: tuple[str, ...], starts: list[str]) -> None:
    assert since(*dates) == starts
    assert since(*reversed(dates)) == starts


def test_undated_and_coarse_evidence_joins_the_earliest_group_it_can() -> None:
    first, second = fact.clusters(told(*map(deal, ("2024-11-01", "2024-02-01", "2024", ""))))
    assert sorted(piece.date for piece in first) == ["", "2024", "2024-02-01"]
    assert [piece.date for piece in second] == ["2024-11-01"]


def test_a_collaboration_keeps_its_id_when_more_is_known() -> None:
    (alone,) = events(deal("2024-05-01"))
    (more,) = events(deal("2024-05-01"), deal("2024-06-15", "active"), deal(""))
    assert alone.id == more.id
    assert {event.id for event in events(deal("2024-05-01"), deal("2020-01-01"))} > {alone.id}
    (other,) = fact.collaborations(told(say("COLLABORATES", "甲公司", "丙公司", date="2024-05-01")))
    assert other.id != alone.id


@pytest.mark.parametrize(
    ("reports", "status"),
    [
        ((("2024-05-01", "signed"), ("2024-05-02", "denied")), "denied"),  # a denial after a signing denies
        ((("2024-05-01", "denied"), ("2024-05-02", "signed")), "signed"),
        ((("2024-05-01", "denied"), ("2024-05-01", "signed")), "signed"),  # of one day the stronger
        ((("2024-05-01", "announced"), ("2024-05-01", "denied")), "announced"),
        ((("2024-05-01", "signed"), ("2024-06-01", "announced")), "signed"),  # the plan told again undoes nothing
        ((("2024-05-01", "active"), ("2024-06-01", "signed")), "active"),
        ((("2024-05-01", "denied"), ("2024-06-01", "announced")), "announced"),
        ((("2024-05-01", "active"), ("2024-06-01", "ended")), "ended"),
        ((("2024-05-01", "ended"), ("2024-06-01", "announced")), "ended"),
        ((("2024-05-01", "ended"), ("2024-06-01", "active")), "active"),  # renewed
        ((("", "denied"), ("2024-05-01", "announced")), "announced"),  # undated is read first
        ((("", "signed"), ("2024-05-01", "denied")), "denied"),
        ((("", "denied"), ("", "active")), "active"),
        ((("", "denied"),), "denied"),
    ],
)
def test_the_later_report_wins_and_less_does_not_undo_what_was_reached(
    reports: tuple[tuple[str, str], ...], status: str
) -> None:
    evidence = told(*(deal(date, reported) for date, reported in reports))
    assert fact.status_of(evidence) == status
    assert fact.status_of(reversed(evidence)) == status


def test_denials_are_no_witnesses_of_what_holds() -> None:
    (event,) = events(deal("2024-05-01", "denied", amount=9), deal("2024-05-02", "signed", amount=5))
    assert (event.status, event.documents, event.since, event.values) == (Status.SIGNED, 1, "2024-05-02", {"amount": 5})
    assert len(event.evidence) == 2
    (denied,) = events(deal("2024-05-01", "signed"), deal("2024-05-02", "denied"), deal("2024-05-03", "denied"))
    assert (denied.status, denied.documents) == (Status.DENIED, 3)


def test_a_reprint_is_no_second_witness() -> None:
    one, copy = tell("d1", deal("2024-05-01")), tell("d2", deal("2024-05-01"))
    assert one.document.origin == copy.document.origin
    (event,) = fact.collaborations([*one.evidence, *copy.evidence])
    assert (event.documents, len(event.evidence)) == (1, 2)
    (tie,) = fact.cooperations([event])
    assert tie.documents == 1


def test_values_come_from_the_latest_that_states_them_and_a_currency_stays_with_its_amount() -> None:
    early = deal("2024-05-01", amount=3, currency="USD", project="一期")
    assert fact.values_of(told(early, deal("2024-05-09", amount=5))) == {"amount": 5, "project": "一期"}
    assert fact.values_of(told(deal("2024-05-01", amount=3), deal("2024-05-01", amount=7))) == {"amount": 7}
    assert fact.values_of(told(early, deal("2024-04-01", amount=5, currency="CNY")))["currency"] == "USD"


def test_an_end_comes_from_the_latest_that_states_one() -> None:
    says = (deal("2024-05-01", until="2030"), deal("2024-05-20", until="2026-12"), deal("2024-06-01"))
    assert [event.until for event in events(*says)] == ["2026-12"]


def test_a_link_unites_all_evidence_whatever_its_dates() -> None:
    evidence = told(
        say("LOCATED_IN", "甲公司", "东园", date="2015"),
        say("LOCATED_IN", "甲公司", "东园", date="2024-05-01", area=3),
        say("COLLABORATES", "甲公司", "乙公司"),
        say("DESCRIBED", "甲公司", size=3),
    )
    (link,) = fact.links(evidence)
    assert (link.head, link.tail) == (entity("甲公司"), entity("东园"))
    assert (link.since, link.status, link.documents, link.values) == ("2024-05-01", Status.ACTIVE, 2, {"area": 3})


def test_a_qualifier_makes_another_link() -> None:
    said = [say("RANKED", "东园", "强园榜", qualifier=track, rank=1) for track in ("", "合成生物")]
    assert [link.qualifier for link in sorted(fact.links(told(*said)), key=lambda link: link.qualifier)] == [
        "",
        "合成生物",
    ]


def test_only_what_was_signed_runs_or_ended_makes_a_tie() -> None:
    found = events(
        *(
            say("INVESTS", f"{name}公司", "乙公司", status=status)
            for name, status in zip("甲丙丁戊己", Status, strict=True)
        )
    )
    ties = fact.cooperations(found)
    assert {tie.a for tie in ties} | {tie.b for tie in ties} == {entity(f"{name}公司") for name in "乙丁戊己"}
    assert all(tie.kinds == ("INVESTS",) and tie.a < tie.b for tie in ties)


def test_an_agreement_of_three_makes_three_ties_and_one_pair_has_one_tie() -> None:
    three = say("COLLABORATES", "甲公司", "乙公司", "丙大学", kinds=("联盟成员",))
    ties = fact.cooperations(events(three, deal("2024-05-01"), deal("2020-05-01")))
    assert len(ties) == 3
    (pair,) = (tie for tie in ties if {tie.a, tie.b} == {entity("甲公司"), entity("乙公司")})
    assert (len(pair.collaborations), pair.kinds, pair.documents) == (3, ("战略合作", "联盟成员"), 3)


def named(*says: Say, form: str = "text") -> dict[str, Entity]:
    documents = [tell(f"d{at}", each, form=form) for at, each in enumerate(says)]
    kinds = {name: kind for each in documents for name, kind in each.kinds.items()}
    spoken = [naming for each in documents for naming in fact.namings(each)]
    described = [piece for each in documents for piece in each.evidence]
    return {one.id: one for one in fact.entities(kinds, spoken, described)}


def test_an_entity_is_called_by_its_longest_name_and_the_smallest_of_equally_long() -> None:
    says = [say("", f"甲公司=甲={name}") for name in ("甲公司", "甲科技公司", "甲乙丙公司", "甲科技公司")]
    (one,) = named(*says).values()
    assert (one.name, one.aliases) == ("甲乙丙公司", ("甲", "甲公司", "甲科技公司"))
    assert one.kind is Kind.ENTERPRISE


def test_rosters_name_but_do_not_count_as_documents() -> None:
    assert [one.documents for one in named(say("", "甲公司"), form="roster").values()] == [0]
    two = named(say("", "甲公司"), say("", "甲公司", "乙公司"))
    assert (two[entity("甲公司")].documents, two[entity("乙公司")].documents) == (2, 1)


def test_attributes_come_from_the_latest_description_and_not_from_a_denied_one() -> None:
    says = (
        say("DESCRIBED", "甲公司", date="2024", size=9, uscc="X"),
        say("DESCRIBED", "甲公司", date="2024-06", size=5),
        say("DESCRIBED", "甲公司", date="2025", status="denied", size=1),
    )
    (one,) = named(*says).values()
    assert one.attributes == {"size": 5, "uscc": "X"}


def test_an_entity_that_no_mention_names_is_called_by_its_id() -> None:
    (one,) = fact.entities({"park-1": Kind.PARK}, [])
    assert (one.name, one.aliases, one.documents) == ("park-1", (), 0)


def test_a_grown_entity_equals_one_derived_from_all_its_namings() -> None:
    says = [
        say("", f"甲公司={surface}={name}")
        for surface, name in (("甲", "甲公司"), ("甲二", "甲乙丙公司"), ("甲三", "乙公司"))
    ]
    spoken = [naming for at, each in enumerate(says) for naming in fact.namings(tell(f"d{at}", each))]
    kinds = {entity("甲公司"): Kind.ENTERPRISE}
    grown = Entity(entity("甲公司"), Kind.ENTERPRISE, entity("甲公司"))
    for naming in spoken:
        grown = fact.grown(grown, [naming], {})
    assert [grown] == fact.entities(kinds, spoken)


@pytest.mark.parametrize(
    "date", ["2024-13", "2024-02-30", "2024-5-1", "24-05-01", "2024-01-01T00:30:00", "x", "２０２４"]
)
def test_what_is_no_date_is_refused(date: str) -> None:
    with pytest.raises(ValueError):
        fact.span(date)
