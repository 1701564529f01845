"""The figures, one module each: its rows, the drawing of them, their description, and the data under the drawing."""

from . import dates, judgements, ledger, map, network, options, stances, timeline, voices

__all__ = ["dates", "judgements", "ledger", "map", "network", "options", "stances", "timeline", "voices"]
