package tally

import "sort"

// Top gives the n names with the highest counts above 0, highest first, names with the same count in alphabetical
// order. It gives fewer when there are fewer, and none for an n of 0 or below.
func (t *Tally) Top(n int) []string {
	names := make([]string, 0, len(t.counts))
	for name, count := range t.counts {
		if count > 0 {
			names = append(names, name)
		}
	}
	sort.Slice(names, func(a, b int) bool {
		if t.counts[names[a]] != t.counts[names[b]] {
			return t.counts[names[a]] > t.counts[names[b]]
		}
		return names[a] < names[b]
	})
	if n < 0 {
		n = 0
	}
	if n < len(names) {
		names = names[:n]
	}
	return names
}
