package attack

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestPathfinding compares the techniques with the list of the public
// catalogue's ids: each is covered by exactly the techniques that the list names.
func TestPathfinding(t *testing.T) {
	text, err := os.ReadFile("testdata/pathfinding.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for _, line := range strings.Split(string(text), "\n") {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
			want[words[0]] = words[1:]
		}
	}
	if len(want) != 65 {
		t.Errorf("the list has %d ids, want 65", len(want))
	}
	got := map[string][]string{}
	for _, tech := range Catalogue() {
		for _, id := range tech.Refs.Pathfinding {
			got[id] = append(got[id], tech.ID)
		}
	}
	for id, list := range want {
		if slices.Sort(list); !slices.Equal(list, got[id]) {
			t.Errorf("%s is covered by %v, want %v", id, got[id], list)
		}
	}
	for id, list := range got {
		if want[id] == nil {
			t.Errorf("%v covers %s, which the catalogue does not list", list, id)
		}
	}
}
