"""What watch seconds are called: finished, a long view, a quick skip, regretted.

Every law, measure, reward and label reads these words here, so that they mean one thing. Arguments
are tensors, numpy arrays or pandas columns of one shape; so is the answer, of bool.
"""

from typing import Any

LONG_VIEW = 18.0  # seconds, or to the end: KuaiRand's `long_view` (Gao et al., CIKM 2022)
CLICK = 7.0  # seconds, or to the end: Kuaishou's own flag for a play that starts by itself
QUICK_SKIP = 3.0  # seconds: the platforms' 3-second rate
AGAIN = 1.8  # durations: most of a second time; assumed
SATISFIED = 0.5  # hidden satisfaction, 0..1, below which a viewer is not satisfied; assumed


def finished(watch: Any, duration: Any) -> Any:
    return watch >= duration


def long_view(watch: Any, duration: Any) -> Any:
    """Watched for at least min(duration, LONG_VIEW)."""
    return (watch >= LONG_VIEW) | finished(watch, duration)


def clicked(watch: Any, duration: Any) -> Any:
    """Watched for at least min(duration, CLICK)."""
    return (watch >= CLICK) | finished(watch, duration)


def quick_skip(watch: Any) -> Any:
    return watch < QUICK_SKIP


def again(watch: Any, duration: Any) -> Any:
    return watch >= AGAIN * duration


def past_half(watch: Any, duration: Any) -> Any:
    return watch > duration / 2


def regretted(watch: Any, duration: Any, satisfaction: Any) -> Any:
    """Watched over half, and not satisfied."""
    return past_half(watch, duration) & (satisfaction < SATISFIED)
