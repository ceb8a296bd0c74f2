"""Long values that stand beside one another do not look alike."""

from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.legible import MARK, middle
from ctwork.tui.apart import apart

AGENT = "APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) red-team_{} HashiCorp-terraform-exec/0.17.3"


def test_what_is_not_alike_is_cut_in_its_middle() -> None:
    values = ["short", "arn:aws:iam::111122223333:role/" + "a" * 40, "x" * 50 + "end"]
    assert apart(values, 20) == ["short", middle("…role/" + "a" * 40, 20), middle(values[2], 20)]


def test_agents_that_differ_inside_are_told_apart() -> None:
    values = [AGENT.format(f"{number:04}-b{number % 3}") for number in range(60)]
    shown = apart(values, 30)
    assert len(set(shown)) == 60
    assert all(text.startswith("APN/1.0 Ha…") and len(text) <= 30 for text in shown)
    assert "0007" in shown[7]


def test_a_difference_behind_a_difference_is_found() -> None:
    """The later one is shown: versions differ first, in groups, and what tells each by itself comes behind them."""
    near, far = "a" * 40 + "{}" + "b" * 40 + "{}" + "c" * 40, [("1", "1"), ("1", "2"), ("2", "1"), ("2", "2")]
    assert len(set(apart([near.format(*each) for each in far], 24))) == 2


def test_equal_values_and_no_room_end() -> None:
    assert len(set(apart(["z" * 100] * 3, 20))) == 1
    assert apart(["z" * 100, "z" * 99 + "y"], 5) == ["zz…zz", "zz…zy"]


@given(st.lists(st.text(max_size=60), max_size=8), st.integers(1, 40))
def test_no_cut_is_too_long(values: list[str], cells: int) -> None:
    shown = apart(values, cells)
    assert len(shown) == len(values)
    assert all(len(text) <= max(cells, len(MARK)) or text == value for text, value in zip(shown, values, strict=True))


def test_versions_before_what_tells_a_value_do_not_hide_it() -> None:
    values = [f"{'a' * 30} provider/{number % 3} {'b' * 30} run-{number:02}-{'c' * 30}" for number in range(24)]
    assert len(set(apart(values, 24))) == 24


def test_roles_that_look_alike_lose_their_account_first() -> None:
    values = [f"111122223333:role/a-long-team-name-for-{kind}-the-data-role" for kind in ("reading", "writing")]
    shown = apart(values, 18)
    assert all(text.startswith("…role/") for text in shown) and len(set(shown)) == 2
