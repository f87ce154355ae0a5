"""Reads `1-3,7`: parts between commas, each a number or the two ends of a range."""

import re

_PART = re.compile(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?")


def parse(text: str) -> list[int]:
    """The numbers in the order in which they are written. Raises ValueError for what is no such list."""
    numbers: list[int] = []
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is neither a number nor a range")
        first = int(match[1])
        last = first if match[2] is None else int(match[2])
        if last < first:
            raise ValueError(f"{part!r} ends before it begins")
        numbers.extend(range(first, last + 1))
    return numbers
