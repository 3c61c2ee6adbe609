"""check_agent finds each way of breaking the contract, and says the cure."""

import pytest
import torch

from agents.base import ScoreAgent
from agents.check import ContractBroken, check_agent
from sim.world.state import Slate


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
