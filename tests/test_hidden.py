"""What is hidden stays hidden: agents see neither tastes nor true quality."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial
from types import FunctionType, MethodType, ModuleType
from typing import get_args

import pytest
import torch
from worlds import differences, live_through, nano_rules, random_slate, tensors

from agents.blocks import part
from agents.recommender.popular import Popular
from sim.seats.recommender import reward
from sim.seats.recommender import view as recommender
from sim.world import platform
from sim.world.rng import key
from sim.world.rules import Rules
from sim.world.state import Catalog, Events, Log, Observation, Viewers, World

HIDDEN = {
    "taste", "leaning", "choosiness", "activity", "like_odds", "talk", "minutes", "patience",
    "evening", "haste", "stay", "pace", "interests", "fancy", "wants", "won", "pliancy", "joy",
    "style", "quality", "hook", "bait", "charm", "grip", "sheet", "skill", "flash", "fame",
    "cadence",
    "answer", "appeal", "satisfaction", "goodwill", "satiation", "time_left", "patience_left",
    "bond", "felt", "feed", "met", "comments", "waiting", "answered", "audience", "awareness",
    "seen", "satisfied", "topics", "styles", "back", "kind", "budget", "hours", "energy", "burnout",
    "morale", "hoped", "arm", "worth", "tried", "active", "actor", "harm", "severity", "evasion",
    "tactic", "noticed", "done", "bot", "errand", "vulnerability", "craving", "harmed", "trust",
    "zeal", "lost", "targets", "account", "moved", "gone", "gain",
}  # fmt: skip


@pytest.mark.parametrize("message", [Catalog, Observation, Log])
def test_no_hidden_field_stands_in_a_message_that_agents_read(message):
    assert not {f.name for f in fields(message)} & HIDDEN


def test_the_hidden_fields_are_those_of_the_world():
    names = {f.name for part in _structs(World) for f in fields(part)}
    assert HIDDEN - {"appeal", "satisfaction"} <= names
    assert [f.name for f in fields(Viewers)][5:] == [
        n for n in (f.name for f in fields(Viewers)) if n in HIDDEN
    ]  # "taste and all below it"


def _structs(kind) -> Iterator[type]:
    yield kind
    for field in fields(kind):
        for each in (field.type, *get_args(field.type)):  # or None
            if is_dataclass(each):
                yield from _structs(each)


def scrambled(struct, draw):
    """The same struct with every hidden field replaced by noise."""
    new = {}
    for i, field in enumerate(fields(struct)):
        value = getattr(struct, field.name)
        if field.name in HIDDEN:
            new[field.name] = _noise(value, draw.fold(i))
        elif is_dataclass(value):
            new[field.name] = scrambled(value, draw.fold(i))
    return replace(struct, **new)


def _noise(value, draw):
    if is_dataclass(value):
        names = [field.name for field in fields(value)]
        parts = {n: _noise(getattr(value, n), draw.fold(i)) for i, n in enumerate(names)}
        return replace(value, **parts)
    noise = draw.normal(torch.arange(value.numel())).view(value.shape)
    return noise if value.is_floating_point() else (1e6 * noise).to(value.dtype)


def observed(world, rules):
    request = platform.ask(world, rules)
    listing = platform.public(world, rules)
    return recommender.observe(world, rules, request, 1, 2, listing)


@pytest.mark.parametrize("money", ["off", "on"])
def test_what_an_agent_sees_does_not_depend_on_what_is_hidden(money):
    rules = nano_rules(f"money={money}")
    world, events = live_through(rules, days=2, pages=2)
    before, listing = observed(world, rules), platform.public(world, rules)
    request = platform.ask(world, rules)
    again = scrambled(world, key(7))
    after = recommender.observe(again, rules, request, 1, 2, platform.public(again, rules))
    assert differences(after, before) == []
    ids = listing.id[listing.eligible]
    assert torch.equal(after.shown(ids), before.shown(ids))

    told = recommender.log_of(events, world, listing)
    masked = [_masked(e) for e in events]
    assert len(told) > 100
    assert differences(recommender.log_of(masked, again, listing), told) == []


def _masked(e: Events) -> Events:
    response = replace(
        e.response, appeal=e.response.appeal * 0 - 9, satisfaction=e.response.satisfaction * 0
    )
    return replace(e, response=response)


@pytest.mark.parametrize("money", ["off", "on"])
def test_the_truth_that_a_privileged_agent_is_handed_is_what_viewers_feel(money):
    rules, root = nano_rules(f"money={money}"), key(0)
    world = platform.turn_day(platform.init(rules, root), rules, root)
    request = platform.ask(world, rules)
    slate = random_slate(world, rules, request, root)
    truth = recommender.truth(world, rules, request)
    told = truth.appeal((slate.ids - 1) % len(world.videos.id))
    _, events = platform.answer(world, rules, request, slate, root)
    plain = events.response.seen & (events.source == 0)
    torch.testing.assert_close(told[plain], events.response.appeal[plain])
    satisfaction = truth.satisfaction((slate.ids - 1) % len(world.videos.id))
    assert ((satisfaction > 0) & (satisfaction < 1)).all()
    luck = events.response.satisfaction[plain].logit() - satisfaction[plain].logit()
    assert abs(float(luck.mean())) < 4 * float(luck.std()) / len(luck) ** 0.5


def reached(root) -> Iterator[object]:
    """All that can be reached from an object by attributes, slots, cells, keys and elements."""
    waiting, seen = [root], set()
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, type | ModuleType | str | bytes):
            continue
        seen.add(id(thing))
        yield thing
        if isinstance(thing, torch.Tensor):
            waiting += [thing._base] if thing._base is not None else []
            continue
        waiting += _inside(thing)


def _inside(thing) -> list:
    inside = list(getattr(thing, "__dict__", {}).values())
    inside += [getattr(thing, n, None) for n in getattr(type(thing), "__slots__", ())]
    if isinstance(thing, FunctionType | MethodType):
        inside += [cell.cell_contents for cell in thing.__closure__ or ()]
        inside += [*(thing.__defaults__ or ()), getattr(thing, "__self__", None)]
    if isinstance(thing, partial):
        inside += [thing.func, *thing.args, *thing.keywords.values()]
    if isinstance(thing, Mapping):
        inside += [*thing, *thing.values()]
    if isinstance(thing, list | tuple | set | frozenset):
        inside += list(thing)
    return inside


def test_no_way_leads_from_a_message_to_the_hidden_world():
    """Nor from what an agent holds at work: its own attributes, its objective, all it was told."""
    rules = nano_rules("money=on")
    world, events = live_through(rules, days=1, pages=2)
    hidden = {
        field.untyped_storage().data_ptr(): path
        for path, field in tensors(world)
        if path.rpartition(".")[2] in HIDDEN
    }
    assert len(hidden) > 20

    class Keeps(Popular):
        """Holds on to all that it is handed."""

        def act(self, observation, slots, **how):
            self.held = (*getattr(self, "held", ()), observation)
            return super().act(part(observation, slice(0, 9)), slots, **how)

        def learn(self, log):
            self.held = (*self.held, log)
            return {}

    agent = Keeps()
    agent.objective = reward.label(reward.parse("satisfaction"))
    listing = platform.public(world, rules)
    agent.reset(listing, viewers=len(world.viewers.id), seed=0, device=world.device)
    agent.act(observed(world, rules), 5)
    agent.learn(recommender.log_of(events, world, listing))
    things = list(reached(agent))
    assert sum(isinstance(x, torch.Tensor) for x in things) > 30
    assert not [x for x in things if isinstance(x, World | Viewers | Rules)]
    found = [x.untyped_storage().data_ptr() for x in things if isinstance(x, torch.Tensor)]
    assert [hidden[x] for x in found if x in hidden] == []
