"""Lists of whole numbers as people write them."""

from ranges.parsing import parse

__all__ = ["parse"]
