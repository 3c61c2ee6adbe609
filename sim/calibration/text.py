"""Says in words and in JSON what a calibration fitted, predicted, took over and dropped."""

from collections.abc import Iterator

from sim.calibration.calibrate import Result
from sim.calibration.heldout import LEVELS, QUANTILE_LIMIT, SHARE_LIMIT

ROLES = {"C": "computed elsewhere", "S": "published", "A": "assumed", "D": "derived"}


def as_dict(result: Result) -> dict:
    """The JSON of the command."""
    return {
        "out": str(result.settings.out),
        "rows": result.rows,
        "dropped": result.dropped,
        "fit": {**result.fitted, "roles": roles(result), "notes": list(result.notes)},
        "heldout": result.check.as_dict(),
    }


def roles(result: Result) -> dict[str, list[str]]:
    """Every fact and number by what was done with it: the guard against double counting."""
    out: dict[str, list[str]] = {
        "fitted": [f"{s}.{n}" for s in ("watch", "reactions") for n in result.fitted.get(s, {})],
        "counted": [f"{s}.{n}" for s in ("videos", "sessions") for n in result.fitted.get(s, {})],
        "predicted": list(result.check.predicted),
        "measured": list(result.fitted.get("measured", {})),
    }
    mine = {f"{s}.{n}" for s, section in result.fitted.items() for n in section}
    for name, source in result.preset.get("provenance", {}).items():
        if name not in mine:
            out.setdefault(ROLES.get(source[:1], "other"), []).append(name)
    return out


def text(result: Result) -> str:
    """The report a person reads."""
    return "\n".join([*_top(result), *_table(result), *_predicted(result), *_rest(result)])


def _top(result: Result) -> Iterator[str]:
    yield f"{result.log.source}: {result.rows:,} rows used"
    for why, n in result.dropped.items():
        yield f"  dropped {n:,}: {why}"


def _table(result: Result) -> Iterator[str]:
    yield ""
    yield "Held-out days, by duration in seconds: what was seen, and the model's error"
    names = " ".join(f"{f'p{level * 100:.0f}':>13}" for level in LEVELS)
    yield f"{'duration':>9} {'rows':>7} {names} {'finish':>12} {'<3 s':>12}"
    for b in result.check.bins:
        pairs = zip(b.quantiles, b.quantile_errors, strict=True)
        cells = " ".join(f"{q:6.1f} {e:+5.0%} " for q, e in pairs)
        shares = (
            f"{b.finish:5.3f} {b.finish_error:+.3f} {b.quick_skip:5.3f} {b.quick_skip_error:+.3f}"
        )
        yield f"{b.durations:>9} {b.rows:7,} {cells} {shares}"
    plain, beyond = result.check.worst("error"), result.check.worst("beyond")
    good, of = result.check.within
    yield f"quantiles within {QUANTILE_LIMIT:.0%}: {good} of {of}"
    yield "largest error (in brackets: its part beyond the 95 % interval of the held-out figure)"
    for name, limit in (("finish", SHARE_LIMIT), ("quick_skip", SHARE_LIMIT)):
        key = f"{name}_error"
        yield f"  {name}: {plain[key]:.3f} ({beyond[key]:.3f}), limit {limit}"
    key = "quantile_error"
    yield f"  quantiles: {plain[key]:.0%} ({beyond[key]:.0%}), limit {QUANTILE_LIMIT:.0%}"
    floor = result.check.floor
    yield f"  for comparison, the fitted days' own quantiles miss the held-out ones by {floor:.0%}"
    yield "held-out check: " + ("passed" if result.check.passed else "FAILED")


def _predicted(result: Result) -> Iterator[str]:
    yield ""
    yield "Predicted (nothing was fitted to these): seen, model"
    for name, (seen, model) in result.check.predicted.items():
        yield f"  {name:16} {seen:8.4g} {model:8.4g}"


def _rest(result: Result) -> Iterator[str]:
    yield ""
    for role, names in roles(result).items():
        shown = ", ".join(names[:12]) + (f", and {len(names) - 12} more" if len(names) > 12 else "")
        yield f"{role}: {shown or 'nothing'}"
    yield ""
    yield f"written: {result.settings.out}"
