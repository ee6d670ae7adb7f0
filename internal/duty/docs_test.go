package duty

import (
	"bytes"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write docs/duties.md anew")

// TestDocs keeps docs/duties.md as the catalogue has it.
func TestDocs(t *testing.T) {
	const file = "../../docs/duties.md"
	var b bytes.Buffer
	if err := WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, b.Bytes()) {
		t.Errorf("%s is not as the catalogue has it; run go generate ./internal/duty", file)
	}
}
