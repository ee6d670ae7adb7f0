package aws

import "testing"

// The tables are read without a mistake.
func TestTables(t *testing.T) {
	all := allTables()
	for _, p := range all.problems {
		t.Error(p)
	}
	if len(all.managed) == 0 {
		t.Fatal("no tables")
	}
	t.Logf("%d tables of resources, %d of data sources", len(all.managed), len(all.data))
}
