"""A module that workflows reach by its name."""

SEEN: list[int] = []


def note() -> int:
    """Write what a killed process forgets."""
    SEEN.append(1)
    return len(SEEN)
