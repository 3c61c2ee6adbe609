"""Assignment A1: measure it. Hand in this one file; four functions, one for each measure.

A log is a table of pandas, a row for each impression:

    day, viewer, video, creator   whole numbers
    category                      main topic of the video, a whole number
    duration_s, watch_s           seconds

    python -m sim.check A1 measures.py
"""


def exposure(log, videos):
    """How often each of `videos` (an array of ids) was shown, in their order: an array. A video
    that was never shown counts 0."""
    raise NotImplementedError


def gini(amount):
    """Gini coefficient of an array of amounts: 0 where all have the same, (n - 1) / n where one of
    n has all; nan where there is nothing to share. Who has nothing counts, too."""
    raise NotImplementedError


def topic_entropy(log):
    """Shannon entropy in bits of the categories that a viewer was shown; the mean over viewers."""
    raise NotImplementedError


def luck_share(replays, videos):
    """How much of success was luck. `replays` is a list of logs: the same videos, other luck.

    Success is y = ln(1 + impressions). Of its variance, luck is what is not between videos: 1 minus
    the intra-class correlation of one-way analysis of variance (random effects). With k videos and
    n replays

        between = n x sum over videos of (video's mean - overall mean)^2 / (k - 1)
        within  = sum over videos and replays of (y - video's mean)^2 / (k x (n - 1))
        share   = 1 - (between - within) / (between + (n - 1) x within), held within 0 to 1
    """
    raise NotImplementedError
