"""`python -m sim.run`: what does this agent do to the platform over days?"""

import shlex
import sys
from dataclasses import dataclass
from typing import Annotated, Literal

from tyro.conf import FlagCreatePairsOff, UseAppendAction, arg

from sim.lab.door.door import Lang, asked
from sim.lab.supervisor import supervised

# What is left out is None, so that a config file or a resumed run can say it.
Word = Annotated[str | None, arg(metavar="NAME", help_behavior_hint="")]
Whole = Annotated[int | None, arg(metavar="N", help_behavior_hint="")]
Place = Annotated[str | None, arg(metavar="PATH", help_behavior_hint="")]
Many = Annotated[tuple[str, ...], arg(help_behavior_hint="")]
Switch = FlagCreatePairsOff[bool]


@dataclass(frozen=True)
class Arguments:
    """Run agents on a simulated platform, beside a baseline on the same worlds.

    The result is a table on stdout and a folder of files; progress goes to stderr.
    Exit codes: 0 done, 1 an agent failed, 2 bad input, 130 interrupted.
    """

    agent: Many = ()
    """attention, bayes, bayes_ts, bayes_ucb, bpr, gmf, gru, house, mf, mf_ids, mlp, ncf, ncf_ids,
    oracle, popular, random, reinforce, two_tower; package.module:Class, or path/to/file.py:Class.
    Several go in one table."""
    seat: Literal["recommender", "creator", "moderator"] = "recommender"
    """Whose decisions the agent takes. Of creator: bandit, habit, imitator, planner, random; of
    moderator: bandit, cost_sensitive, everything, house, nothing, oracle, threshold."""
    house: Word = None
    """In the seats of creators and moderators: the recommender; mf if left out (moderator:
    popular)."""
    plan: Annotated[tuple[str, ...], arg(metavar="FILE", help_behavior_hint="")] = ()
    """In the creator's seat: a plan to live in 50 futures (.toml); example prints one. Several go
    in one table."""
    what_if: Annotated[UseAppendAction[tuple[str, ...]], arg(metavar="KEY=VALUE")] = ()
    """The plan beside itself with one thing changed, paired: posts_per_week=3."""
    world: Word = None
    """nano, small, medium, large or city; small if left out (creator: nano)."""
    platform: Word = None
    """A preset's name, or a .toml file made by sim.calibrate; kuaishou if left out."""
    days: Whole = None
    """14 if left out (creator: 90, a plan 42; moderator: 60)."""
    seed: Annotated[tuple[int, ...], arg(help_behavior_hint="")] = ()
    """One world for each; 0 if left out. From two on there are intervals."""
    future: Whole = None
    """A second seed, 0 if left out: the same viewers, creators and videos, but other luck."""
    slots: Whole = None
    """Videos in a page; 10 if left out."""
    objective: Word = None
    """watch_time (if left out), completion, satisfaction, retention, reactions, mix, or weights:
    watch_time=0.5,satisfaction=0.5. Of creator: followers (if left out), income, brand_equity, mix,
    or weights."""
    baseline: Word = None
    """What the agents are compared with; random (creator: habit) if left out, none for no
    comparison."""
    explore: bool = True
    """Whether agents may explore."""
    device: Annotated[
        Literal["auto", "cpu", "cuda"] | None, arg(metavar="NAME", help_behavior_hint="")
    ] = None
    """auto (if left out: cuda where there is one), cpu or cuda."""
    out: Place = None
    """The folder for the files; runs/<time>-<agent>-<world> if left out."""
    config: Place = None
    """A config.toml: a run's own, to repeat it, or one you wrote. Flags overrule it."""
    set: Annotated[UseAppendAction[tuple[str, ...]], arg(metavar="KEY=VALUE")] = ()
    """As often as you like: sessions.scale=0.2, agent.temperature=0.1, run.learn_every=4,
    run.checkpoint_every=5, run.report=false. --dry-run shows all keys."""
    resume: Switch = False
    """Continue the run in --out, to more --days if given."""
    threats: Word = None
    """How much malicious content there is: none, low or high; low if left out (creator: none,
    moderator: high)."""
    moderation: Word = None
    """The platform's policy against it: none, house or strict; house if left out."""
    policy: Annotated[str | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """A policy of your own (.toml), over the named one; example prints one."""
    load: Place = None
    """A run folder: agents of the same name start with what they had learned there."""
    track: Literal["none", "tensorboard", "wandb"] = "none"
    """Send the measures of every day there as well."""
    truth: Switch = False
    """Write hidden columns (satisfaction, appeal, harm, violative) into the events."""
    events_max: Whole = None
    """Impressions kept, 1000000 if left out; beyond, those of a sample of viewers."""
    lang: Lang = None
    """en or zh: tables, plots, report, help and errors; the system's language if left out (by
    LC_ALL, LC_MESSAGES, LANG)."""
    json: Switch = False
    """One JSON object on stdout and nothing else there."""
    quiet: Switch = False
    """No progress."""
    dry_run: Switch = False
    """Check everything and print the settings in full; run and write nothing."""
    debug: Switch = False
    """Show where an agent's error came from."""


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    args = asked(Arguments, argv, "run")
    from sim.lab.command import run  # torch is loaded here, so that --help is quick

    return run(args, shlex.join(["python", "-m", "sim.run", *argv]))


if __name__ == "__main__":
    sys.exit(supervised(main))
