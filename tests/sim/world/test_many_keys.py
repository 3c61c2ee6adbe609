"""Keys side by side draw what each would draw alone; few viewers fare as in a crowd."""

import pytest
import torch
from worlds import nano_rules, random_slate

from sim.world import delivery, page, platform
from sim.world.rng import Keyring, key, streams
from sim.world.state import FEW, rows

ONE, TWO, THREE = streams("tests of many keys", "one", "two", "three")
ROOT = key(5)
NAMES = torch.tensor([7, 1 << 40, 3, 7, 12])
WHICH = torch.tensor([2, 0, 5, 3, 2])


def alone(i: int):
    """The key of name i, folded as the ring was."""
    day, step = divmod(int(WHICH[i]), 2)
    return ROOT.fold(day).fold(step)


def draws(keys, names):
    """Some of each kind, in the order in which a night might ask."""
    return {
        "uniform": keys.fold(ONE).uniform(names),
        "columns": keys.fold(TWO).uniform(names, 3),
        "normal": keys.fold(ONE).fold(THREE).normal(names),
        "normals": keys.fold(TWO).normal(names, 4),
        "table": keys.fold(THREE).uniform(names, 2, 3),
        "integer": keys.fold(THREE).integer(names, 9, 5),
        "own": keys.uniform(names),
    }


def of_each():
    each = [draws(alone(i), NAMES[i : i + 1]) for i in range(len(NAMES))]
    return {name: torch.cat([one[name] for one in each]) for name in each[0]}


def is_same(ours):
    torch.testing.assert_close(ours, of_each(), rtol=0, atol=0)


def test_keys_side_by_side_draw_what_each_draws_alone():
    is_same(draws(Keyring.of(ROOT, 3, 2).at(WHICH), NAMES))


def test_a_column_is_drawn_by_its_name_however_many_there_are():
    ring, columns = Keyring.of(ROOT, 3, 2), torch.tensor([40, 1, 3])
    drawn = ring.uniform_named(WHICH, NAMES, ring.salts_named(WHICH, columns))
    for i in range(len(NAMES)):
        every = alone(i).uniform(NAMES[i : i + 1], 50)
        assert torch.equal(drawn[i], every[0, columns - 1])


def test_draws_that_lie_ready_are_the_same_draws_once_asked_and_ever_after():
    ring = Keyring.of(ROOT, 3, 2)
    for _ in range(3):
        is_same(draws(ring.throw(WHICH, NAMES), NAMES))
    ready = ring.throw(WHICH, NAMES).fold(ONE)
    first = ready.uniform(NAMES).log_()  # written over, as laws do
    assert not torch.equal(first, ready.uniform(NAMES))
    is_same(draws(ring.throw(WHICH, NAMES), NAMES))


def test_a_page_s_dice_are_those_of_each_key():
    dice = Keyring.of(ROOT, 3, 2).at(WHICH).dice((ONE, TWO), 4).cast(NAMES)
    for i in range(len(NAMES)):
        own = alone(i).dice((ONE, TWO), 4).cast(NAMES[i : i + 1])
        for stream in (ONE, TWO):
            assert torch.equal(dice.uniform(stream)[:, i : i + 1], own.uniform(stream))


def test_many_keys_are_folded_with_plain_numbers():
    with pytest.raises(TypeError, match="plain numbers"):
        Keyring.of(ROOT, 3).at(WHICH[:1]).fold(torch.tensor(1))


def test_a_viewer_alone_swipes_as_in_a_crowd():
    """Pages so small that a call costs more than its work go another way than large ones."""
    rules = nano_rules("size.viewers=4000", "size.live=300")
    root = key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    request = platform.ask(world, rules)
    slate = random_slate(world, rules, request, root)
    post = delivery.deliver(world, rules, request, slate.ids)
    assert post.ids.numel() > FEW
    dice = root.dice(page.STREAMS, slate.ids.shape[1])

    def swipe(some):
        ids, video = post.ids[:, some].contiguous(), post.video[:, some].contiguous()
        met = delivery.meet(world, request.row[some], ids, video)
        return page.swipe_through(met, rules, dice)

    crowd, left = swipe(slice(None))
    for i in (0, 11, 900):
        one, own = swipe(slice(i, i + 1))
        for ours, theirs in ((one, crowd), (own, left)):
            here = rows(theirs, lambda field, i=i: field[i : i + 1])
            torch.testing.assert_close(flat(ours), flat(here), rtol=0, atol=0)


def flat(struct) -> list[torch.Tensor]:
    found = []
    rows(struct, lambda field: found.append(field) or field)
    return found
