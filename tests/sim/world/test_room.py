"""What the formats hold, to the last number, and that what they do not hold is an error."""

from dataclasses import replace

import pytest
import torch
from worlds import nano, nano_rules, random_slate, stock, with_parts

from sim.lab.run import config
from sim.presets.config import resolve
from sim.presets.errors import BadInput
from sim.seats.recommender.task import set_up
from sim.world import creators, page, platform, reactions, rules
from sim.world.acts import Acts, tally
from sim.world.rng import key, streams
from sim.world.rules import COUNT_BITS
from sim.world.state import (
    EVENT_FLAGS,
    LINE,
    MOST_FLAGS,
    POST_BITS,
    look,
    messages,
    most,
    sheet_of,
    sheet_width,
)

MANY = tuple(f"flag{i}" for i in range(MOST_FLAGS))
(LUCK,) = streams("tests of flags", "gift")


def big(**size):
    return with_parts(nano(), size=size)


TOO_MUCH = {
    "words of a sheet": (big(styles=10), "at most 16 words.*got 17.*Lower size.styles by 1"),
    "topics": (
        with_parts(nano(), videos={"category_share": (1 / 257,) * 257}),
        "at most 256 topics; got 257.*category_share",
    ),
    "creators": (big(live=3_000_000_000), r"at most 16,777,215 creators.*got [\d,]+\..*fewer"),
    "viewers": (big(viewers=1_000_000, spare=1.1), "below 2,097,152.*got 2,100,000.*Lower one"),
    "friends": (with_parts(nano(), community={"friends": 65}), "at most 64 friends; got 65"),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_a_world_that_the_formats_do_not_hold_is_an_error_when_it_is_set_up(what):
    params, told = TOO_MUCH[what]
    with pytest.raises(ValueError, match=told):
        platform.rules(params)


def test_settings_that_ask_for_too_much_are_bad_input():
    with pytest.raises(BadInput, match=r"size\.styles is a whole number from 1 to 9; got 10"):
        resolve("nano", settings={"size.styles": 10})
    assert sheet_width(resolve("nano", settings={"size.styles": 9}).size.styles) == LINE


def test_a_25th_flag_is_an_error_when_a_world_is_set_up(monkeypatch):
    monkeypatch.setattr(rules, "EVENT_FLAGS", (*MANY, "one more"))
    with pytest.raises(ValueError, match=r"at most 24 flags; got 25\. Widen Response\.flags"):
        platform.rules(nano())
    with pytest.raises(BadInput, match="at most 24 flags; got 25"):
        resolve("nano")


def test_24_flags_are_told_apart_to_the_last(monkeypatch):
    monkeypatch.setattr(messages, "EVENT_FLAGS", MANY)
    done = [(key(3).fold(i).uniform(torch.arange(400), 5) < 0.5).float().T for i in range(24)]
    seen = torch.ones(5, 400)
    none = torch.zeros(400, 5)
    packed = page._packed(done, seen).T
    response = messages.Response(seen.T > 0, none, packed, none > 0, none, none, none)
    for name, flag in zip(MANY, done, strict=True):
        assert torch.equal(response.did(name), flag.T > 0), name
    assert int(packed.max()) > 1 << 22


def test_a_further_flag_reaches_the_events_and_moves_no_other(monkeypatch):
    """A law that gives gifts, where today's seven flags would have filled a byte."""
    world_rules, root = nano_rules(), key(0)
    world = platform.turn_day(platform.init(world_rules, root), world_rules, root)
    request = platform.ask(world, world_rules)
    slate = random_slate(world, world_rules, request, root)
    plain, before = platform.answer(world, world_rules, request, slate, root)
    react, names = reactions.react, ("gift", "purchase", "ad_click")
    given = []

    def reacting(watch, *more):
        luck = key(1).fold(LUCK).uniform(torch.arange(watch.numel())).view_as(watch)
        given[:] = [(luck < 0.3).float(), (luck > 0.6).float(), (luck > 0.9).float()]
        return [*react(watch, *more), *given]

    monkeypatch.setattr(reactions, "react", reacting)
    monkeypatch.setattr(messages, "EVENT_FLAGS", (*EVENT_FLAGS, *names))
    after, events = platform.answer(world, world_rules, request, slate, root)
    r = events.response
    for name, flag in zip(names, given, strict=True):
        assert torch.equal(r.did(name), (flag.T > 0) & r.seen), name
    for name in EVENT_FLAGS:
        assert torch.equal(r.did(name), before.response.did(name)), name
    assert torch.equal(plain.videos.counts, after.videos.counts)


def test_a_sheet_holds_its_largest_and_its_smallest_numbers():
    edge = {
        "topic": torch.tensor([0, 255, 1, 254]),
        "topic2": torch.tensor([255, 0, 254, 1]),
        "creator": torch.tensor([1, (1 << 24) - 1, 1 << 23, 7]),
        "uploaded": torch.tensor([-10_000, 49_151, 0, -1]),
    }
    numbers = torch.tensor([-3.5e-39, 1e38, -0.0, 2.0**-24])
    videos = stock(4, **edge, quality=numbers, hook=-numbers, style=numbers[:, None].expand(-1, 2))
    shown = look(sheet_of(videos)[None])
    for name in (*edge, "quality", "hook", "duration", "charm"):
        wanted = getattr(videos, name).float()
        assert torch.equal(getattr(shown, name)[0].float(), wanted), name
    assert torch.equal(shown.style[:, 0].T, videos.style)


def test_counts_of_a_page_fill_their_bits_and_spill_nowhere():
    top = (1 << COUNT_BITS) - 1
    words = torch.tensor([[top + (1 << COUNT_BITS) + (2 << 2 * COUNT_BITS)], [0]])
    none = torch.zeros(2, 1)
    flags, whole = none.int(), none.long()
    byte = none.to(torch.uint8)
    made = page.Page(byte, none, flags, byte, byte, none, none, none, words, whole, None)
    counts = torch.zeros(3, 11, dtype=torch.int64)
    views = tally(made, torch.tensor([[1, 2]]), counts, Acts.of(flags))
    assert views.tolist() == [0, top, 0] == counts[:, 0].tolist()
    assert counts[1].tolist()[2:4] == [1, 2] and int(counts[2].sum()) == 0
    full = replace(made, word=torch.tensor([[top << 2 * COUNT_BITS], [0]]))
    counts.zero_()
    tally(full, torch.tensor([[1, 2]]), counts, Acts.of(flags))
    assert counts[1].tolist()[:4] == [0, 0, 0, top]


def test_every_post_and_day_of_the_longest_run_has_a_number():
    longest = 36_500
    assert set_up(days=longest)[1].days == config.make({"agent": "random", "days": longest}).days
    for ask in (set_up, lambda days: config.make({"agent": "random", "days": days})):
        with pytest.raises(BadInput, match="days is a whole number from 1 to 36,500"):
            ask(days=longest + 1)
    assert longest * creators.MOST < 1 << POST_BITS and longest <= most("uploaded")
