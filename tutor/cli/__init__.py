"""The command line: the only place that chooses and wires parts."""

from tutor.cli.main import main

__all__ = ["main"]
