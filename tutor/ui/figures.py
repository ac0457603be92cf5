"""Figures as people read them: sizes, times and bars, in a fixed width where a column needs one."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB")


def size(size_bytes: int) -> str:
    """A size in decimal units with three figures, as Docker prints it: `4.26 MB`, `736 MB`."""
    value = float(size_bytes)
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:
            break
        value /= 1000
    if unit == "B":
        return f"{size_bytes} B"
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {unit}"


def seconds(value: float) -> str:
    """A duration in at most seven cells: `0.4 s`, `12.0 s`, `2m 05s`."""
    if value < 99.95:
        return f"{value:.1f} s"
    whole = round(value)
    return f"{whole // 60}m {whole % 60:02}s"


def bar(share: float, width: int) -> str:
    """A bar of `share` (0 to 1) of `width` cells in eighths; something above nothing always shows."""
    eighths = min(width * 8, max(0, round(share * width * 8)))
    if share > 0:
        eighths = max(1, eighths)
    full, rest = divmod(eighths, 8)
    return "█" * full + ("" if not rest else "▏▎▍▌▋▊▉"[rest - 1])
