package tally

import "testing"

func TestCountsByName(t *testing.T) {
	var tally Tally
	tally.Add("apples", 3)
	tally.Add("apples", -1)
	if got := tally.Count("apples"); got != 2 {
		t.Errorf("2 apples were counted as %d", got)
	}
	if got := tally.Count("pears"); got != 0 {
		t.Errorf("no pears were counted as %d", got)
	}
}
