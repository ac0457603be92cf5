"""What holds for all tests."""

from __future__ import annotations

import os

TESTS_PER_PROCESSOR = 3
"""Tests wait for deadlines, terminals and files more than they compute."""


def pytest_xdist_auto_num_workers() -> int:
    """How many run side by side with `-n auto`."""
    return TESTS_PER_PROCESSOR * (os.cpu_count() or 1)
