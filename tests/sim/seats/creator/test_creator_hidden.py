"""What is hidden stays hidden from creators: neither tastes nor what the recommender thinks."""

from dataclasses import fields

import torch
from authored import studios
from test_hidden import HIDDEN, reached, scrambled
from worlds import differences, tensors

from sim.seats.creator.author import Author
from sim.world.rng import key
from sim.world.rules import Rules
from sim.world.state import Choice, Dashboard, Lived, Viewers, World

OWN = {"energy", "hours"}  # hidden from recommenders; a creator knows them of itself


def test_no_hidden_field_stands_in_what_a_creator_is_shown():
    for message in (Dashboard, Choice, Lived):
        assert not {f.name for f in fields(message)} & (HIDDEN - OWN)


def test_what_a_creator_sees_does_not_depend_on_what_is_hidden():
    made = studios(8, days=6)
    for _ in range(4):
        made.live(Choice.habit(8, count=torch.full((8,), 2)))
    before = made.observe()
    assert float(before.flows.sum()) > 0
    made.clock.world = scrambled(made.world, key(7))
    assert differences(made.observe(), before) == []


def test_no_way_leads_from_what_an_agent_holds_to_the_hidden_world():
    made = studios(4)

    class Keeps:
        seat = "creator"

        def reset(self, **how):
            self.held = [how]

        def act(self, seen, **how):
            self.held += [seen, how]
            return Choice.habit(4)

        def learn(self, lived):
            self.held.append(lived)
            return {}

    author = Author(Keeps(), made)
    author.reset(0)
    author.live()
    hidden = {
        field.untyped_storage().data_ptr(): path
        for path, field in tensors(made.world)
        if path.rpartition(".")[2] in HIDDEN
    }
    things = list(reached(author.agent))
    assert sum(isinstance(x, torch.Tensor) for x in things) > 30
    assert not [x for x in things if isinstance(x, World | Viewers | Rules)]
    found = [x.untyped_storage().data_ptr() for x in things if isinstance(x, torch.Tensor)]
    assert [hidden[x] for x in found if x in hidden] == []
