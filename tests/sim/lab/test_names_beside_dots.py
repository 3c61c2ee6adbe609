"""Names beside dots lie on no dot, no line and no other name, wherever the dots are."""

import numpy as np
import pytest
from matplotlib.text import Annotation

from sim.lab.teaching import lesson_05

AGENTS = ("random", "popular", "mf", "bayes")


def worlds(seed):
    """Pairs of three worlds an agent, as near each other as a lesson's are, or nearer."""
    rng = np.random.default_rng(seed)
    middles = {agent: (rng.uniform(10, 14), rng.uniform(0, 8)) for agent in AGENTS}
    return {
        (agent, "slight"): lesson_05.Kin(
            [ours + more + x for x in (-1.5, 0.0, 1.7)], [ours + x for x in (-1.2, 0.2, 1.4)]
        )
        for agent, (ours, more) in middles.items()
    }


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("seed", range(3))
def test_every_name_is_clear(lang, seed):
    found = worlds(seed)
    figure = lesson_05.kin(found, lang)
    (axis,) = figure.axes
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axis.texts]
    assert sum(isinstance(text, Annotation) for text in axis.texts) == len(AGENTS)
    dots = [[x, y] for kin in found.values() for x, y in zip(kin.ours, kin.mine, strict=True)]
    line = np.linspace(0, axis.get_xlim()[1], 500)
    marks = axis.transData.transform(np.array([*dots, *np.stack([line, line], 1)]))
    for k, box in enumerate(boxes):
        assert not ((marks > box.min) & (marks < box.max)).all(1).any()
        assert not any(box.overlaps(other) for other in boxes[k + 1 :])
