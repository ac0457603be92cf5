"""The command line: the only place that chooses and wires parts."""
