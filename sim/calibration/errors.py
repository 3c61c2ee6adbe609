"""The error of a log that cannot be used."""

from sim.presets.errors import BadInput


class BadLog(BadInput):
    """A log that cannot be used: the rule, the value got, the likely cure."""

    def __init__(self, rule: str, got: str, cure: str):
        super().__init__(rule, got, cure)
        self.rule, self.got, self.cure = rule, got, cure
