import pytest

from ranges import compact, parse


def test_tc_range_1_001_joins_neighbours():
    assert compact([1, 2, 3, 7]) == "1-3,7"
    assert compact([7, 3, 1, 2, 2]) == "1-3,7"
    assert compact([1, 2]) == "1,2"


def test_tc_range_1_002_refuses_numbers_below_0():
    with pytest.raises(ValueError, match="-4"):
        compact([3, -4])


def test_tc_range_1_003_writes_nothing_for_nothing_and_reads_back_what_it_wrote():
    assert compact([]) == ""
    assert parse(compact([10, 8, 9, 4])) == [4, 8, 9, 10]


def test_tc_range_1_004_takes_0_which_is_the_smallest():
    assert compact([0, 1, 2]) == "0-2"
