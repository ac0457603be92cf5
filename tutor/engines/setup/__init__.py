"""Getting a machine ready: what `doctor` finds, and what `doctor --fix` does about it."""
