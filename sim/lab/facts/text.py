"""The report card as plain lines."""

from sim.lab.facts.card import Card, Fact


def text(card: Card) -> str:
    """A line per fact, then what passed and what cannot be said."""
    s = card.settings
    seeds = " ".join(map(str, s.seeds))
    lines = [
        f"platform {s.platform}, world {s.world}, agent {s.agent}: {s.warm_up} days of warm-up, "
        f"{s.days} kept, seeds {seeds}",
        "",
        f"{'':4} {'fact':28} {'simulated':>11} {'sd':>8}   {'range':22} {'':9} source",
    ]
    lines += [_line(f) for f in card.facts]
    fitted = [f for f in card.facts if f.fitted]
    free = [f for f in card.facts if not f.fitted]
    lines += [
        "",
        f"passed {card.passed} of {len(card.facts)} ({card.passed / len(card.facts):.0%}): "
        f"fitted {_passed(fitted)}, predicted {_passed(free)}",
    ]
    if under := sorted({f.under for f in card.facts if f.under}):
        lines += [f"facts that hold under a switch alone: {', '.join(under)}"]
    lines += [f"not expressed: {what}" for what in card.absent]
    return "\n".join(lines)


def _passed(facts: list[Fact]) -> str:
    return f"{sum(f.passed for f in facts)} of {len(facts)}"


def _line(f: Fact) -> str:
    sd = "" if f.sd is None else f"{f.sd:8.2g}"
    low, high = (f"{x:.4g}" for x in f.range)
    kind = "fitted" if f.fitted else "predicted"
    source = f"{f.source} [{f.under}]" if f.under else f.source
    source = f"{source} ({f.few})" if f.few else source
    mark = "ok" if f.passed else "few" if f.few else "FAIL"
    return (
        f"{mark:4} {f.id:28} {f.value:11.4g} {sd:>8}   {low + ' .. ' + high:22} {kind:9} {source}"
    )
