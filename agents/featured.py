"""Learned agents that know what videos are about, and what each viewer made of it so far."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from agents.asked import Asked, added
from agents.content import Content
from agents.learned import LearnedAgent
from agents.nets import met
from agents.ranges import Many, Share, Weight, Width
from agents.told import Told, answers, bins
from sim.world.state import Catalog, Log, Observation, row_of, rows_at

STEADY = 5.0  # impressions' worth of a usual viewer, in what holds one; assumed
LOOKED = 2048  # impressions of a log from which a label's scale is told; evenly taken
HELD = ("past", "mass", "level")
PARTS = ("content", "told", "heard")


class FeaturedAgent(LearnedAgent):
    """Beside ids, a video is its content x (agents/content.py): tags, and components of its
    features. A viewer is what they made of content: in each part of x, how much more than others
    the impressions that had it held them, over how often they had it,

        p = sum of x (label - usual - level) / (sum of x^2 + shrink),

    where level is how much more than others everything holds the viewer: some swipe fast, some
    stay. It is a posterior's mean where parts do not go together (agents/recommender/bayes.py has
    the whole of it). Subclasses learn what follows from p. Labels are
    both clicks, 7 s and a long view, standardised by range of duration (agents/told.py); their
    losses are squared.
    """

    components: Many = 10
    topics: Width = 48  # those beyond count as the last; KuaiRand tells 47
    learning_rate = 0.02  # ids of videos that live a week are noise at twice of it
    dense_rate = 0.01
    shrink: Weight = 30.0  # impressions' worth of nothing known, in each part of content
    memory: Share = 0.999  # of a viewer's history, kept per impression

    def reset(self, catalog: Catalog, *, viewers: int, seed: int, device: torch.device) -> None:
        self.content = Content(self.components, self.topics)
        self.told = Told(torch.device(device), learns=False)
        self.heard = Asked(self.content.width, torch.device(device))
        self.past, self.mass = torch.zeros(2, viewers, self.content.width, device=device)
        self.level = torch.zeros(viewers, 2, device=device)  # surprises' sum, and how many
        self.content.fit(catalog)
        self.x: Tensor | None = None
        self.topics_of: Tensor | None = None
        super().reset(catalog, viewers=viewers, seed=seed, device=device)

    @torch.no_grad()
    def on_catalog(self, catalog: Catalog, reborn: Tensor) -> None:
        super().on_catalog(catalog, reborn)
        self.content.fit(catalog)
        self.x = self.topics_of = None

    @torch.no_grad()
    def meet(self, observation: Observation) -> None:
        """Who goes on from a saved state meets its videos with the first page, too."""
        if not torch.equal(observation.catalog.id, self.catalog.id):
            self.x = self.topics_of = None
        self.catalog = observation.catalog
        super().meet(observation)

    def forget(self, row: Tensor) -> None:
        self.past[row], self.mass[row], self.level[row] = 0.0, 0.0, 0.0

    def about(self, row: Int[Tensor, " n"]) -> Float[Tensor, "n width"]:
        """The content of videos at `row`; that of all is held for the day."""
        return self.all_about().index_select(0, row)

    def all_about(self) -> Float[Tensor, "videos width"]:
        """The content of all videos."""
        if self.x is None:
            rows = torch.arange(self.capacity, device=self.device)
            self.x = self.content.both(self.catalog, rows)
        return self.x

    def pooled(self, row: Int[Tensor, " n"]) -> Float[Tensor, "n width"]:
        """What the viewers at `row` made of each part of content."""
        return rows_at(self.past, row) / (rows_at(self.mass, row) + self.shrink)

    def of_tags(
        self, taste: Float[Tensor, "n topics"], row: Int[Tensor, "n k"]
    ) -> Float[Tensor, "n k"]:
        """What viewers make of the tags of videos at `row`: inner products without the noughts."""
        one, two = (taste.gather(1, rows_at(topic, row)) for topic in self.all_tags())
        return (one + two) / 2

    def all_tags(self) -> Int[Tensor, "two videos"]:
        """The tags of all videos, held for the day."""
        if self.topics_of is None:
            rows = torch.arange(self.capacity, device=self.device)
            both = (self.content.topic(self.catalog, rows, n) for n in ("topic", "topic2"))
            self.topics_of = torch.stack(list(both))
        return self.topics_of

    def label(self, log: Log) -> Float[Tensor, " n"]:
        if self.objective is None:
            asked = self.told.asked()
            return self.told.label(answers(log, 1, asked), bins(log.duration), asked)
        return super().label(log)

    def expected(self, score: Tensor) -> Tensor:
        return score

    def misfit(self, score: Tensor, label: Tensor) -> Tensor:
        return (score - label).square() / 2

    def logits(self, batch: dict[str, Tensor]) -> Float[Tensor, " n"]:
        """The scores of pairs, as `columns` has them."""
        raise TypeError(f"{type(self).__name__} must define logits(batch)")

    def usual(self, batch: dict[str, Tensor]) -> Float[Tensor, " n"]:
        """The scores of the same videos for a viewer of whom nothing is known."""
        raise TypeError(f"{type(self).__name__} must define usual(batch)")

    @torch.no_grad()
    def columns(self, log: Log) -> dict[str, Tensor]:
        """A viewer's history as it stood before the impression, so that no label leaks."""
        row = row_of(log.viewer, self.viewers)
        self.content.fixed = True
        who, place = met(row, self.viewers)
        columns = {"viewer": row, "video": log.video}
        columns["pooled"] = self.pooled(who).half().index_select(0, place)
        columns |= self.more(log)
        if self.objective is None:
            self._scale(log, columns)
        else:
            self._hear(log, columns)
        columns["label"] = self.label(log)
        self._remember(row, log.video, columns["label"] - self.usual(columns))
        return columns

    def _scale(self, log: Log, columns: dict[str, Tensor]) -> None:
        """What labels are usual is told by some impressions: to score all would cost a third of
        learning."""
        step = -(-len(log) // LOOKED)
        some = {name: column[::step] for name, column in columns.items()}
        self.told.add(answers(log, step), bins(log.duration[::step]), self.logits(some))
        self.told.learn()

    def _hear(self, log: Log, columns: dict[str, Tensor]) -> None:
        """What answers tell of content, beside what was expected of the impressions."""
        assert self.objective is not None
        some = (log.survey > 0).nonzero().squeeze(1)
        if len(some):
            x = self.about(row_of(log.video[some], self.capacity))
            score = self.logits({name: column[some] for name, column in columns.items()})
            self.heard.add(x, score, added(self.objective, log)[some])

    def prepare(self, catalog: Catalog) -> None:
        super().prepare(catalog)
        self.favour()

    def favour(self) -> None:
        """Under an objective, what a video's content is worth to those asked joins its bias."""
        if self.objective is not None:
            rows = torch.arange(self.capacity, device=self.device)
            self.biases().add_(self.heard.bonus(self.about(rows)))

    def biases(self) -> Float[Tensor, " videos"]:
        """Where in `items` the videos' biases stand; what is added there is added to scores."""
        raise TypeError(f"{type(self).__name__} must define biases()")

    def more(self, log: Log) -> dict[str, Tensor]:
        """What else a subclass keeps of each impression."""
        return {}

    def _remember(self, row: Tensor, video: Tensor, surprise: Float[Tensor, " n"]) -> None:
        video = row_of(video, self.capacity)
        if row.is_cuda:  # sums in one order, as they have on a CPU
            order = torch.argsort(row, stable=True)
            row, video, surprise = row[order], video[order], surprise[order]
        who, place = met(row, self.viewers)  # of the others nothing fades
        told = torch.stack([surprise, torch.ones_like(surprise)], dim=1)
        new = told.new_zeros(len(who), 2).index_add_(0, place, told)
        keep = self.memory ** new[:, 1:]
        level = keep * rows_at(self.level, who) + new
        total, count = rows_at(level, place).T
        surprise = surprise - total / (count + STEADY)
        past, mass = (keep * rows_at(held, who) for held in (self.past, self.mass))
        self._count(past, mass, place, video, surprise[:, None])
        for name, value in zip(HELD, (past, mass, level), strict=True):
            getattr(self, name).index_copy_(0, who, value)

    def _count(
        self, past: Tensor, mass: Tensor, place: Tensor, video: Tensor, surprise: Tensor
    ) -> None:
        """To the rows at `place` is added what impressions of the videos told of each part of
        content, and how often they had it. On a CPU the noughts among the tags are left out: the
        same sums, in half the time."""
        tags = 0 if past.is_cuda else self.content.topics
        if tags:
            one, two = self.all_tags().index_select(1, video)
            other = (one != two).float() / 2  # of the second tag, where there is one
            had = torch.stack([1 - other, other], dim=1)
            at = (place * past.shape[1])[:, None] + torch.stack([one, two], dim=1)
            past.view(-1).index_add_(0, at.view(-1), (surprise * had).view(-1))
            mass.view(-1).index_add_(0, at.view(-1), had.square_().view(-1))
        x = self.all_about()[:, tags:].index_select(0, video)
        past[:, tags:].index_add_(0, place, surprise * x)
        mass[:, tags:].index_add_(0, place, x.square_())

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        alive = self.alive(batch["video"])
        loss = self.misfit(self.logits(batch), batch["label"])
        return (loss * alive).sum() / alive.sum().clamp(min=1)

    def state_dict(self) -> dict[str, Any]:
        parts = {n: getattr(self, n).state_dict() for n in PARTS}
        return super().state_dict() | parts | {name: getattr(self, name) for name in HELD}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        for name in PARTS:
            getattr(self, name).load_state_dict(state[name])
        for name in HELD:
            setattr(self, name, state[name].clone().to(self.device))
        self.x = self.topics_of = None
