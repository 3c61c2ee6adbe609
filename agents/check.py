"""`check_agent(agent)`: does an agent keep the contract? Each rule by name, with the cure."""

import copy
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from agents import creator_rules, moderator_rules, process, registry
from agents.slate_rules import ContractBroken, check_full, check_ids, check_logp
from agents.stage import Stage
from sim.world.state import Log, Observation, Slate, lent, row_of

SLOTS = 5
WORN = 20  # stream of the stage
CURES = {
    "recommender": "Subclass agents.base.ScoreAgent and write score alone.",
    "creator": "Subclass agents.creator.base.CreatorAgent and write act.",
    "moderator": "Subclass agents.moderator.base.ModeratorAgent and write act.",
}
VERBS = ("reset", "act", "learn", "state_dict", "load_state_dict")


def check_agent(agent: Any, seed: int = 0, seat: str = registry.SEAT) -> None:
    """Raises ContractBroken at the first rule broken. `agent` itself is left as it was.

    Runs on a tiny made-up platform (agents/stage.py) in a second or so. Raises UnknownAgent for a
    seat that there is not, or that no agent can take yet.
    """
    agent = _made(agent, seat)
    for verb in VERBS:
        if not callable(getattr(agent, verb, None)):
            raise ContractBroken(
                f"an agent defines {', '.join(VERBS)}",
                f"{type(agent).__name__} without {verb}",
                CURES[seat],
            )
    noise = torch.get_rng_state()
    for rule in RULES[seat]:
        _alone(rule, agent, seed)
    if not torch.equal(noise, torch.get_rng_state()):
        raise ContractBroken(
            "an agent draws from its own key, never from torch's global state",
            "a changed global state",
            "Use sim.world.rng.key(seed), or a torch.Generator made in reset.",
        )


def _made(agent: Any, seat: str) -> Any:
    try:
        return registry.create(agent, seat)
    except registry.UnknownAgent:
        raise
    except (Exception, SystemExit) as error:
        rule, cure = "an agent can be made without arguments", "Give all of them defaults."
        raise ContractBroken(rule, registry.told(error), cure) from error


def _alone(rule: Callable[[Any, int], None], agent: Any, seed: int) -> None:
    """One rule, of which no more is left than its verdict."""
    before = process.found()
    with process.kept():
        try:
            rule(agent, seed)
        except ContractBroken:
            raise
        except (Exception, SystemExit) as error:
            cure = "It is chained below this error."
            raise ContractBroken("no verb raises", registry.told(error), cure) from error
        for name, value in process.changed(before).items():
            cure = "Set it for your own code alone, and back again."
            raise ContractBroken(f"an agent leaves {name} as it was", value, cure)


def _started(agent: Any, stage: Stage, seed: int) -> Any:
    fresh = copy.deepcopy(agent)
    fresh.reset(
        lent(stage.catalog), viewers=len(stage.names), seed=seed, device=torch.device("cpu")
    )
    return fresh


def _act(agent: Any, stage: Stage, seen: Observation, explore: bool = True) -> Slate:
    """One slate, checked."""
    secret = {"truth": stage.truth(seen.row)} if getattr(agent, "privileged", False) else {}
    slate = agent.act(lent(seen), SLOTS, explore=explore, **secret)
    repeats = getattr(agent, "repeats", False)
    check_ids(slate, seen, SLOTS, repeats=repeats)
    check_full(slate, seen, repeats)
    check_logp(slate)
    return slate


def _page(agent: Any, stage: Stage) -> Slate:
    row = torch.arange(stage.page % 2, len(stage.names), 1 + stage.page % 2)
    seen = stage.observe(row)
    slate = _act(agent, stage, seen)
    _learn(agent, stage.watch(seen, slate))
    return slate


def _learn(agent: Any, log: Log) -> None:
    report = agent.learn(log)
    if not isinstance(report, Mapping):
        cure = "Return {} where there is nothing to report."
        raise ContractBroken("learn returns figures by name", type(report).__name__, cure)
    for name, value in report.items():
        if not math.isfinite(float(value)):
            cure = "Look for a division by 0, a logarithm of 0, or steps that are too large."
            raise ContractBroken(f"what learn reports is finite, {name} too", float(value), cure)


def _night(agent: Any, stage: Stage, videos: int = 30, viewers: int = 3) -> None:
    reborn = stage.night(videos, viewers)
    _tell(agent, stage, reborn)
    if hasattr(agent, "on_viewers"):
        agent.on_viewers(torch.arange(viewers))


def _tell(agent: Any, stage: Stage, reborn: Tensor | None = None) -> None:
    if hasattr(agent, "on_catalog"):
        reborn = torch.zeros(0, dtype=torch.int64) if reborn is None else reborn
        agent.on_catalog(lent(stage.catalog), reborn)


def _run(agent: Any, stage: Stage, days: int = 2) -> Tensor:
    """All ids shown in some days of three pages."""
    shown = []
    for _ in range(days):
        shown += [_page(agent, stage).ids for _ in range(3)]
        _night(agent, stage)
    return torch.cat(shown)


def _days(agent: Any, seed: int) -> None:
    """A cold start, some days of serving and learning, reborn rows, and an empty log."""
    stage = Stage()
    live = _started(agent, stage, seed)
    _run(live, stage)
    seen = stage.observe()
    log = stage.watch(seen, Slate(torch.zeros(len(seen.viewer), SLOTS, dtype=torch.int64)))
    _learn(live, log)


def _repeats(agent: Any, seed: int) -> None:
    first = _run(_started(agent, Stage(), seed), Stage())
    with torch.random.fork_rng(devices=[]):
        torch.nn.Linear(3, 3)  # whoever draws from torch's own state finds another one
        second = _run(_started(agent, Stage(), seed), Stage())
    if not torch.equal(first, second):
        raise ContractBroken(
            "the same seed gives the same slates",
            f"{int((first != second).sum())} of {first.numel()} places that differ",
            "Draw from the seed given to reset, and forget everything in reset.",
        )


def _evaluation(agent: Any, seed: int) -> None:
    """explore=False is greedy and leaves no trace."""
    stage = Stage()
    live = _started(agent, stage, seed)
    _run(live, stage, days=1)
    seen = stage.observe()
    _act(live, stage, seen)  # whoever is new has been met
    before = _bytes(live.state_dict())
    one, two = (_act(live, stage, seen, explore=False) for _ in range(2))
    if not torch.equal(one.ids, two.ids):
        cure = "Where explore is False take the best, or draw by observation.day and page alone."
        raise ContractBroken("explore=False gives one answer", "two that differ", cure)
    if before != _bytes(live.state_dict()):
        cure = "Change counters, caches and statistics only where explore is True."
        raise ContractBroken("explore=False changes no state", "a changed state_dict", cure)


def _resume(agent: Any, seed: int) -> None:
    stage = Stage()
    live = _started(agent, stage, seed)
    _run(live, stage, days=1)
    try:
        state = torch.load(io.BytesIO(_bytes(live.state_dict())), weights_only=True)
    except Exception as error:
        cure = "Keep tensors, numbers, strings, and dicts or lists of these."
        raise ContractBroken("state_dict loads with weights_only=True", error, cure) from error
    other, twin = copy.deepcopy(stage), _started(agent, Stage(), seed)
    twin.load_state_dict(state)
    _tell(twin, stage)
    if not torch.equal(_run(live, stage, days=1), _run(twin, other, days=1)):
        raise ContractBroken(
            "N + N pages equal 2N: a loaded agent goes on as the saved one",
            "slates that differ",
            "Save counters, optimisers, replays and statistics too, and clone what you load.",
        )


def _bytes(state: dict) -> bytes:
    file = io.BytesIO()
    torch.save(state, file)
    return file.getvalue()


def _propensities(agent: Any, seed: int) -> None:
    """Over repeated draws, the chances of the different first videos cannot sum to more than 1."""
    stage = Stage()
    live = _started(agent, stage, seed)
    _run(live, stage, days=1)
    total = torch.zeros(len(stage.names), stage.capacity)
    for _ in range(60):
        slate = _act(live, stage, stage.observe())
        if slate.logp is None or bool(slate.logp.isnan().all()):
            return
        row = row_of(slate.ids[:, :1], stage.capacity)
        chance = slate.logp[:, :1].exp() * (slate.ids[:, :1] > 0)
        total.scatter_(1, row, chance)
    if bool((total.sum(1) > 1.001).any()):
        cure = "logp must be that of the very draw made: after masking, with its temperature."
        got = round(float(total.sum(1).max()), 3)
        raise ContractBroken("a viewer's first-place chances sum to at most 1", got, cure)


def _candidates(agent: Any, seed: int) -> None:
    stage = Stage()
    live = _started(agent, stage, seed)
    _run(live, stage, days=1)
    live_rows = stage.catalog.eligible.nonzero().squeeze(1)
    offered = stage.catalog.id[live_rows][:12].expand(len(stage.names), -1).clone()
    offered[::2, 8:] = 0
    _act(live, stage, stage.observe(candidates=offered))


def _few(agent: Any, seed: int) -> None:
    """Fewer eligible videos than slots, or none."""
    for left in (3, 0):
        stage = Stage()
        live = _started(agent, stage, seed)
        few = stage.catalog.eligible & (torch.arange(stage.capacity) < left)
        stage.catalog = replace(stage.catalog, eligible=few)
        _tell(live, stage)
        _page(live, stage)


def _worn(agent: Any, seed: int) -> None:
    """Viewers who have seen all but a few of the videos, more of them with every viewer."""
    stage = Stage()
    live = _started(agent, stage, seed)
    _run(live, stage, days=1)
    luck = stage.key.fold(WORN).uniform(stage.names, stage.capacity).argsort(dim=1)
    stage.seen = luck >= torch.arange(len(stage.names))[:, None]
    for _ in range(3):
        _page(live, stage)


def _block(agent: Any, seed: int) -> None:
    """Who else is awake changes nobody's slate."""
    if not hasattr(agent, "block"):
        return
    slates = []
    for block in (7, 4096):
        stage = Stage()
        live = _started(agent, stage, seed)
        live.block = block
        slates.append(_run(live, stage, days=1))
    if not torch.equal(*slates):
        cure = "Key each viewer's draw by observation.viewer, not by its place."
        raise ContractBroken("the block size changes no slate", "slates that differ", cure)


Rules = tuple[Callable[[Any, int], None], ...]
RULES: Mapping[str, Rules] = {
    "recommender": (
        _days, _repeats, _evaluation, _resume, _propensities, _candidates, _few, _worn, _block,
    ),
    "creator": creator_rules.RULES,
    "moderator": moderator_rules.RULES,
}  # fmt: skip
