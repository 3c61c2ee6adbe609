"""What watching tells of liking: the label that says most, found from the log itself.

A video is left early or watched on, and how early means another thing for one of 10 s and one of
3 minutes. A label is a weighted sum of yes-or-no answers (was it watched for 3 s, for 8, to the
end?), with weights of their own in each range of duration, such that labels agree most with what
was expected of the impressions: what alternating conditional expectations finds (Breiman and
Friedman, JASA 1985). Nothing is assumed of how viewers watch.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state import Log, watched

# seconds of duration; one where all of a longer video need not be watched for a long view
EDGES = (6.0, 9.0, 13.0, watched.LONG_VIEW, 27.0, 40.0, 60.0, 90.0, 150.0, 300.0)
SECONDS = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 14.0, 20.0, 30.0, 60.0)  # watched at least so long
ENDS = (watched.long_view, watched.past_half, watched.finished, watched.again)
ASKED, BINS = len(SECONDS) + len(ENDS), len(EDGES) + 1
FIRST = [SECONDS.index(7.0), len(SECONDS)]  # what weights are first guessed to go by: both clicks
SUMS = ("count", "total", "square", "hoped", "hoped2", "agreed")
FADE = 0.99  # of the sums, a log: labels follow a policy that changes
TRUST = 30.0  # agreement, in units of what chance alone would give, that counts for half
MOST = 16_384  # impressions of a log that are looked at
RIDGE = 1e-3  # of an answer's variance


def bins(duration: Float[Tensor, " n"]) -> Int[Tensor, " n"]:
    """The range of duration, 0 to BINS - 1."""
    edges = torch.tensor(EDGES, device=duration.device)
    return torch.bucketize(duration.contiguous(), edges, right=True)


def answers(
    log: Log, step: int = 1, asked: Sequence[int] = tuple(range(ASKED))
) -> Bool[Tensor, "n asked"]:
    """Yes or no to each question asked about an impression, or about every `step`-th."""
    watch, duration, first = log.watch[::step], log.duration[::step], len(SECONDS)
    told = [watch >= SECONDS[a] if a < first else ENDS[a - first](watch, duration) for a in asked]
    return torch.stack(told, dim=1)


class Told:
    """The weights of the answers in each range of duration, and the sums that they come from."""

    def __init__(self, device: torch.device, learns: bool = True):
        """`learns`: whether weights are found, and labels of some ranges may tell more than those
        of others. Else they stay as first guessed: what a model expects before it knows anything
        is noise, and weights that agree with it teach it more of the same."""
        self.learns = learns

        def none(*shape: int) -> Tensor:
            return torch.zeros(BINS, *shape, dtype=torch.float64, device=device)

        self.count, self.hoped, self.hoped2 = none(), none(), none()
        self.total, self.agreed, self.square = none(ASKED), none(ASKED), none(ASKED, ASKED)
        self.weight, self.gain = none(ASKED), none() + 1
        self.weight[:, FIRST] = 1.0

    def add(self, answered: Tensor, at: Tensor, expected: Float[Tensor, " n"]) -> None:
        """Impressions in ranges `at`, and what was expected of each before it was watched. Of large
        logs an even part is enough."""
        step = -(-len(at) // MOST) if len(at) else 1
        answered, at, expected = answered[::step], at[::step], expected[::step]
        z, s = answered.double(), expected.double()
        plain = answered.float()  # whole numbers, exact to 2^24
        each = torch.nn.functional.one_hot(at, BINS).float()[:, :, None] * plain[:, None]
        self.square += (each.flatten(1).T @ plain).view(BINS, ASKED, ASKED).double()
        self.total.index_add_(0, at, z)
        self.agreed.index_add_(0, at, z * s[:, None])
        for sums, value in ((self.count, s**0), (self.hoped, s), (self.hoped2, s * s)):
            sums.index_add_(0, at, value)

    def asked(self) -> list[int]:
        """The questions that labels go by."""
        return list(range(ASKED)) if self.learns else FIRST

    def label(
        self, answered: Tensor, at: Int[Tensor, " n"], asked: Sequence[int] | None = None
    ) -> Float[Tensor, " n"]:
        """Of variance 1 among videos about as long, and counted from where an impression of which
        nothing is expected stands: so labels keep their level when the policy improves. `answered`
        are all questions, or those `asked`."""
        count = self.count.clamp(min=1)
        mean, sd = (self.total * self.weight).sum(1) / count, self._sd(self.weight)
        base = mean - sd * self.gain * self.hoped / count
        weight = self.weight if asked is None else self.weight[:, asked]
        told = (answered.double() * weight.index_select(0, at)).sum(1)
        return ((told - base.index_select(0, at)) / sd.index_select(0, at)).float()

    def _spread(self) -> Float[Tensor, "bins asked asked"]:
        """The answers' covariances in each range."""
        count = self.count.clamp(min=1)[:, None]
        mean = self.total / count
        return self.square / count[:, :, None] - mean[:, :, None] * mean[:, None, :]

    def _sd(self, weight: Tensor) -> Float[Tensor, " bins"]:
        value = torch.einsum("ba,bac,bc->b", weight, self._spread(), weight)
        return value.clamp(min=1e-4).sqrt()

    def learn(self) -> None:
        """The weights that agree most with what was expected, of the sums so far, which fade."""
        if self.learns:
            self._find()
        for name in SUMS:
            getattr(self, name).mul_(FADE)

    def _find(self) -> None:
        """Weights so far count where the agreement may be chance. `gain` is how much a range's
        labels tell, against the mean."""
        count = self.count.clamp(min=1)
        spread, hope = self._spread(), self.hoped / count
        along = self.agreed / count[:, None] - hope[:, None] * self.total / count[:, None]
        ridge = RIDGE * torch.diagonal(spread, dim1=1, dim2=2) + 1e-6
        new = torch.linalg.solve(spread + torch.diag_embed(ridge), along[:, :, None])[:, :, 0]
        varies = (self.hoped2 / count - hope.square()).clamp(min=1e-12)
        told = ((new * along).sum(1) / varies).clamp(0, 1)  # the share of variance explained
        sure = (count * told - ASKED).clamp(min=0)
        share = (sure / (sure + TRUST))[:, None]
        old = self.weight / self._sd(self.weight)[:, None]
        self.weight = share * new / self._sd(new)[:, None] + (1 - share) * old
        usual = (count * told).sum() / count.sum()
        gain = (told / usual.clamp(min=1e-12)).sqrt()
        self.gain = (sure * gain + TRUST) / (sure + TRUST)

    def state_dict(self) -> dict:
        return {name: getattr(self, name) for name in (*SUMS, "weight", "gain")}

    def load_state_dict(self, state: dict) -> None:
        for name in (*SUMS, "weight", "gain"):
            setattr(self, name, state[name].clone().to(self.count.device))
