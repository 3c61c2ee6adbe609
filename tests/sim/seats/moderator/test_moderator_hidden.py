"""What is hidden stays hidden from moderators: what videos are, who runs accounts, who is a bot."""

from dataclasses import fields, replace

import torch
from officed import office
from test_hidden import HIDDEN, reached
from worlds import differences, tensors

from sim.seats.moderator.books import Entries
from sim.seats.moderator.officer import Officer
from sim.world.rng import key
from sim.world.rules import Rules
from sim.world.state import Desk, Shift, Threats, Viewers, World

SECRET = {field.name for field in fields(Threats)} | {"seems"} | (HIDDEN - {"waiting", "hours"})


def scrambled(world: World) -> World:
    """With all that nobody may know drawn anew, and what was decided left as it was."""
    threats, draw, new = world.threats, key(7).fold(8), {}
    for i, (name, x) in enumerate(vars(threats).items()):
        if isinstance(x, torch.Tensor):
            u = draw.fold(i).uniform(torch.arange(x.numel())).view(x.shape)
            new[name] = u < 0.5 if x.dtype == torch.bool else (6 * u).to(x.dtype)
    held = replace(world.moderation, seems=draw.fold(99).uniform(world.videos.id))
    return replace(world, threats=replace(threats, **new), moderation=held)


def test_no_hidden_field_stands_in_what_a_moderator_is_shown():
    for message in (Desk, Shift):
        assert not {f.name for f in fields(message)} & SECRET


def test_what_a_moderator_sees_does_not_depend_on_what_is_hidden():
    made = office(days=6)
    for _ in range(5):
        made.live(made.usual)
    assert float(made.observe().cases.sum()) > 0 and float(made.observe().graded.sum()) > 0
    world, books = made.world, made.books
    before = books.desk
    told = []
    for now in (world, scrambled(world)):
        books.desk, books.by_day = before, books.by_day[:3]
        books.morning(now)
        told.append(books.desk)
        at = Entries(now, now.moderation)
        told.append([at.cases(), at.lanes(), at.graded(), at.waiting()])
    assert differences(told[0], told[2]) == []
    assert all(torch.equal(a, b) for a, b in zip(told[1], told[3], strict=True))
    assert bool((world.threats.harm != scrambled(world).threats.harm).any())


def test_no_way_leads_from_what_an_agent_holds_to_the_hidden_world():
    made = office()

    class Keeps:
        seat = "moderator"

        def reset(self, **how):
            self.held = [how]

        def act(self, seen, **how):
            self.held += [seen, how]
            return seen.usual

        def learn(self, shift):
            self.held.append(shift)
            return {}

    officer = Officer(Keeps(), made)
    officer.reset(0)
    officer.live()
    hidden = {
        field.untyped_storage().data_ptr(): path
        for path, field in tensors(made.world)
        if path.rpartition(".")[2] in SECRET
    }
    things = list(reached(officer.agent))
    assert sum(isinstance(x, torch.Tensor) for x in things) > 20
    assert not [x for x in things if isinstance(x, World | Viewers | Rules | Threats)]
    found = [x.untyped_storage().data_ptr() for x in things if isinstance(x, torch.Tensor)]
    assert [hidden[x] for x in found if x in hidden] == []
