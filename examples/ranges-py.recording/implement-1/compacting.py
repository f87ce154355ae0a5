"""Writes numbers in the short form that `parse` reads."""

from collections.abc import Iterable


def compact(numbers: Iterable[int]) -> str:
    """Sorted, each number once, three or more neighbours as a range. Raises ValueError for a number below 0."""
    ordered = sorted(set(numbers))
    if ordered and ordered[0] < 0:
        raise ValueError(f"{ordered[0]} is below 0 and could not be read back")
    runs: list[list[int]] = []
    for number in ordered:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(_write(run) for run in runs)


def _write(run: list[int]) -> str:
    if len(run) > 2:
        return f"{run[0]}-{run[-1]}"
    return ",".join(str(number) for number in run)
