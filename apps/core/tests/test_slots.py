import pytest

from apps.core import slots


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(slots, "_fillers", type(slots._fillers)(list))


def test_a_slot_that_nobody_fills_is_empty():
    assert slots.fill("member.sections", None, object()) == []


def test_a_slot_holds_the_rows_of_all_who_fill_it_in_the_order_in_which_they_came():
    slots.register("member.sections", lambda request, member: [f"talks of {member}"])
    slots.register("member.sections", lambda request, member: ["roles", "seats"])

    assert slots.fill("member.sections", None, "Aline") == ["talks of Aline", "roles", "seats"]


def test_registering_twice_fills_once():
    def talks(request, member):
        return ["talk"]

    slots.register("member.sections", talks)
    slots.register("member.sections", talks)

    assert slots.fill("member.sections", None, "Aline") == ["talk"]
