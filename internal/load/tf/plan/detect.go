package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/remit-security/remit/internal/source"
)

// words stand in every plan and state; looking for them spares other files a
// parse.
var words = [][]byte{[]byte(`"format_version"`), []byte(`"terraform_version"`)}

// Detect reports whether a file's content is a plan or a state as JSON: an
// object with a format version, the version of Terraform, and values. Names
// of files tell nothing.
func Detect(data []byte) bool {
	data = source.Plain(data)
	if text := bytes.TrimLeft(data, " \t\r\n"); len(text) == 0 || text[0] != '{' {
		return false
	}
	for _, w := range words {
		if !bytes.Contains(data, w) {
			return false
		}
	}
	keys := topKeys(data)
	return slices.Contains(keys, "format_version") && slices.Contains(keys, "terraform_version") &&
		(slices.Contains(keys, "planned_values") || slices.Contains(keys, "values") || slices.Contains(keys, "resource_changes"))
}

// topKeys are the keys of an object, as far as it can be read; of a damaged
// file those before the damage.
func topKeys(data []byte) []string {
	dec := json.NewDecoder(bytes.NewReader(data))
	var keys []string
	depth, key := 0, false
	for {
		tok, err := dec.Token()
		if err != nil {
			return keys
		}
		if d, ok := tok.(json.Delim); ok {
			if d == '{' || d == '[' {
				depth++
			} else {
				depth--
			}
			key = depth == 1
			continue
		}
		if s, ok := tok.(string); ok && depth == 1 && key {
			keys = append(keys, s)
			key = false
			continue
		}
		key = depth == 1
	}
}

// Folder is the folder whose configuration a plan is of: the one it lies in.
func Folder(file string) string { return path.Dir(file) }

// checkVersion says why a document's format is not read.
func checkVersion(doc *source.Node) error {
	v := doc.Get("format_version")
	if !v.Is(source.StringNode) {
		return fmt.Errorf("the plan does not say its format_version")
	}
	if (&tfjson.Plan{FormatVersion: v.Text}).Validate() != nil {
		return fmt.Errorf("the plan has format version %.40q; remit reads versions below 2.0, so make the plan with a version of Terraform or OpenTofu that writes one", v.Text)
	}
	return nil
}
