package tally

import (
	"slices"
	"testing"
)

func market() *Tally {
	var tally Tally
	tally.Add("pears", 2)
	tally.Add("apples", 5)
	tally.Add("nuts", 2)
	tally.Add("plums", 0)
	tally.Add("figs", -1)
	return &tally
}

func expectTop(t *testing.T, n int, want ...string) {
	t.Helper()
	if got := market().Top(n); !slices.Equal(got, want) {
		t.Errorf("Top(%d) is %v, not %v", n, got, want)
	}
}

func TestTC_TALLY_1_001_HighestFirstThenByName(t *testing.T) {
	expectTop(t, 2, "apples", "nuts")
	expectTop(t, 9, "apples", "nuts", "pears")
}

func TestTC_TALLY_1_002_LeavesOutWhatWasNotCounted(t *testing.T) {
	expectTop(t, 0)
	expectTop(t, -1)
	expectTop(t, 5, "apples", "nuts", "pears")
}

func TestTC_TALLY_1_003_EmptyTallyHasNoTop(t *testing.T) {
	var empty Tally
	if got := empty.Top(3); got == nil || len(got) != 0 {
		t.Errorf("the top of nothing is %#v", got)
	}
}

func TestTC_TALLY_1_004_AsManyAsThereAre(t *testing.T) {
	expectTop(t, 3, "apples", "nuts", "pears")
	expectTop(t, 1, "apples")
}
