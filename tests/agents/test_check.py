"""check_agent finds each way of breaking the contract, and says the cure."""

from dataclasses import fields

import pytest
import torch

from agents.base import ScoreAgent
from agents.check import ContractBroken, check_agent
from sim.world.state import Catalog, Slate


class Newest(ScoreAgent):
    """Keeps the contract."""

    temperature = 0.5

    def score(self, observation, ids):
        return -observation.catalog.age[(ids - 1) % self.capacity].float()


class Twice(Newest):
    def act(self, observation, slots, *, explore=True):
        slate = super().act(observation, slots, explore=explore)
        return Slate(slate.ids[:, :1].expand(-1, slots).clone(), slate.logp)


class Rows(Newest):
    """Shows rows for ids."""

    def act(self, observation, slots, *, explore=True):
        slate = super().act(observation, slots, explore=explore)
        return Slate((slate.ids - 1).clamp(min=0) + 10_000, slate.logp)


class Again(Newest):
    def _again(self, observation, ids):
        return torch.zeros_like(ids, dtype=torch.bool)


class Probabilities(Newest):
    def act(self, observation, slots, *, explore=True):
        slate = super().act(observation, slots, explore=explore)
        return Slate(slate.ids, slate.logp.exp())


class Sure(Newest):
    """Draws, and calls each draw certain."""

    def act(self, observation, slots, *, explore=True):
        slate = super().act(observation, slots, explore=explore)
        return Slate(slate.ids, torch.zeros_like(slate.logp))


class Global(Newest):
    def score(self, observation, ids):
        return torch.rand(len(ids)) if ids.dim() == 1 else torch.rand(ids.shape)


class Restless(Newest):
    """Explores when told not to."""

    def act(self, observation, slots, *, explore=True):
        return super().act(observation, slots, explore=True)


class Forgetful(Newest):
    """Ranks by what it learned, and does not save it."""

    def reset(self, catalog, **how):
        super().reset(catalog, **how)
        self.liked = torch.zeros(self.capacity)

    def learn(self, log):
        self.liked.index_add_(0, (log.video - 1) % self.capacity, log.watch)
        return {}

    def score(self, observation, ids):
        return self.liked[(ids - 1) % self.capacity]


class Pickled(Newest):
    def state_dict(self):
        return {**super().state_dict(), "self": type(self)}


class Picky(Newest):
    """Passes over the candidates."""

    def act(self, observation, slots, *, explore=True):
        from dataclasses import replace

        return super().act(replace(observation, candidates=None), slots, explore=explore)


BROKEN = {
    Twice: "no video stands twice",
    Rows: "in the catalogue and eligible",
    Again: "no viewer is shown a video twice",
    Probabilities: "finite and at most 0",
    Sure: "chances sum to at most 1",
    Global: "same seed gives the same slates",
    Restless: "explore=False",
    Forgetful: "N . N pages equal 2N",
    Pickled: "weights_only=True",
    Picky: "made of the candidates",
}


def test_a_good_agent_passes_and_is_left_alone():
    agent = Newest()
    check_agent(agent)
    assert not vars(agent)


@pytest.mark.parametrize("agent", BROKEN, ids=lambda a: a.__name__)
def test_a_broken_rule_is_named(agent):
    with pytest.raises(ContractBroken, match=BROKEN[agent]):
        check_agent(agent())


def test_an_agent_without_a_verb_is_refused():
    with pytest.raises(ContractBroken, match="object without reset"):
        check_agent(object())


class Vandal(Newest):
    """Writes in all that it is handed: with torch, and behind torch's back."""

    def act(self, observation, slots, *, explore=True):
        slate = super().act(observation, slots, explore=explore)
        scribble(observation)
        return slate

    def learn(self, log):
        scribble(log)
        return {}

    def on_catalog(self, catalog, reborn):
        scribble(catalog)
        reborn.fill_(0)


def scribble(message):
    for field in fields(message):
        value = getattr(message, field.name)
        if isinstance(value, torch.Tensor):
            value.fill_(1)
            value.numpy()[...] = 0
        elif isinstance(value, Catalog):
            scribble(value)


class Odd(Newest):
    """Cannot rank one video."""

    value = float("nan")

    def score(self, observation, ids):
        return super().score(observation, ids).masked_fill(ids == 7, self.value)


class Infinite(Odd):
    value = float("inf")


class Diverged(Newest):
    def learn(self, log):
        return {"loss": torch.tensor(float("nan"))}


class Crash(Newest):
    def learn(self, log):
        raise KeyError("no such shelf")


class Exits(Newest):
    def act(self, observation, slots, *, explore=True):
        raise SystemExit(0)


class Wants(Newest):
    def __init__(self, size):
        self.size = size


class Greedy(Newest):
    """Sets what holds for the whole process."""

    def reset(self, catalog, **how):
        super().reset(catalog, **how)
        torch.set_num_threads(2)


class Nothing(Newest):
    def act(self, observation, slots, *, explore=True):
        return None


FAULTY = {
    Odd: "scores are finite.*got nan for viewer .* and video 7",
    Infinite: "scores are finite.*got inf",
    Diverged: "finite, loss too; got nan",
    Crash: "no verb raises; got KeyError: 'no such shelf'",
    Exits: "no verb raises; got SystemExit: 0",
    Wants: "made without arguments",
    Greedy: "leaves torch's number of threads as it was; got 2",
    Nothing: "act returns a Slate; got NoneType",
}


@pytest.mark.parametrize("agent", FAULTY, ids=lambda a: a.__name__)
def test_what_no_platform_could_use_is_named(agent):
    with pytest.raises(ContractBroken, match=FAULTY[agent]):
        check_agent(agent)
    assert torch.get_num_threads() == 1


def test_minus_infinity_is_a_mask():
    class Masks(Odd):
        value = -float("inf")

    check_agent(Masks)


def test_what_an_agent_writes_in_its_copies_harms_nobody():
    check_agent(Vandal)
