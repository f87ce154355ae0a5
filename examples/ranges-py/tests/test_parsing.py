import pytest

from ranges import parse


def test_reads_numbers_and_ranges():
    assert parse("1-3,7") == [1, 2, 3, 7]
    assert parse(" 4 - 5 ") == [4, 5]


@pytest.mark.parametrize("text", ["", "a", "1-", "3-1", "1,,2"])
def test_refuses_what_is_no_list(text):
    with pytest.raises(ValueError):
        parse(text)
