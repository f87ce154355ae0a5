// Package tally counts things by name.
package tally

// Tally counts by name. The zero value is empty and ready to use; it must not be used by several goroutines at once.
type Tally struct {
	counts map[string]int
}

// Add counts n more of a name; n may be negative.
func (t *Tally) Add(name string, n int) {
	if t.counts == nil {
		t.counts = make(map[string]int)
	}
	t.counts[name] += n
}

// Count is how many of a name were counted, 0 for a name that never was.
func (t *Tally) Count(name string) int {
	return t.counts[name]
}
