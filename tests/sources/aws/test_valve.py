"""Fewer requests at once when the service is busy, slowly more when it answers, and never more than allowed."""

import asyncio

import pytest

from ctwork.sources.aws import valve as module
from ctwork.sources.aws.renewal import Renewals
from ctwork.sources.aws.terms import Keys
from ctwork.sources.aws.valve import Valve, pause_s


async def test_no_more_than_the_limit_are_under_way() -> None:
    valve, most, now = Valve(5), 0, 0

    async def one() -> None:
        nonlocal most, now
        async with valve:
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    await asyncio.gather(*[one() for _ in range(50)])
    assert most == 5


async def test_a_storm_halves_once_and_answers_open_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    valve = Valve(64)
    for _ in range(30):
        valve.refused()
    assert valve.limit == 32
    for _ in range(10):
        clock[0] += 2
        valve.refused()
    assert valve.limit == 2
    for _ in range(3_000):
        valve.answered()
    assert valve.limit == 64


async def test_whoever_waits_is_let_in_when_it_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    valve = Valve(8)
    valve.refused()
    entered = 0

    async def one() -> None:
        nonlocal entered
        async with valve:
            entered += 1
            await asyncio.sleep(0.001)
            valve.answered()

    await asyncio.gather(*[one() for _ in range(40)])
    assert entered == 40


async def test_a_place_that_is_given_to_somebody_who_left_is_given_on() -> None:
    valve, entered = Valve(1), []

    async def one(number: int) -> None:
        async with valve:
            entered.append(number)

    async with valve:
        first, second = asyncio.ensure_future(one(1)), asyncio.ensure_future(one(2))
        await asyncio.sleep(0)
    first.cancel()  # its turn has come, and it has not noticed
    await asyncio.wait([first, second], timeout=5)
    assert entered == [2]
    async with asyncio.timeout(5):
        await one(3)


def test_pauses_double_up_to_a_bound() -> None:
    for attempt in range(12):
        longest = min(20.0, 0.2 * 2**attempt)
        assert all(longest / 2 <= pause_s(attempt) <= longest for _ in range(50))


async def test_credentials_are_asked_for_once_by_all_and_an_old_failure_uses_the_new_ones() -> None:
    asked: list[int] = []
    used: list[Keys | None] = []
    old, new = Keys("a", "b"), Keys("a", "b", "token")
    renewals = Renewals(old, lambda: asked.append(1), used.append)
    waiting = [asyncio.ensure_future(renewals.after(0)) for _ in range(5)]
    await asyncio.sleep(0)
    assert asked == [1]
    renewals.take(new)
    assert await asyncio.gather(*waiting) == [True] * 5
    assert used == [new]
    # A request that was signed with the old ones comes back late: the new ones are there already.
    assert await renewals.after(0)
    assert asked == [1]
    # The new ones fail as well, and there are no others: nobody asks any more.
    late = asyncio.ensure_future(renewals.after(1))
    await asyncio.sleep(0)
    renewals.take(new)
    assert not await late
    assert not await renewals.after(1)
    assert asked == [1, 1]
