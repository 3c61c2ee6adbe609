"""A phone whose feed answers the learner's own swipes, on a world that runs behind it."""
