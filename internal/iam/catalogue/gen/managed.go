package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
)

type managedPolicy struct {
	ARN        *string
	Name       string
	Version    string
	UpdateDate string
	Deprecated bool
	Document   json.RawMessage
}

// block is how much text is compressed together: large enough to compress
// well, small enough to open one policy in well under a millisecond.
const block = 48 << 10

// The file: the length of the packed index as a 32-bit number (big endian),
// the index, the blocks. The index is text: "V source date", then a line
// "name, path, version, D if deprecated, block's offset, block's length,
// document's offset, document's length" a policy, parted by tabs, in the order
// of the names. Index and blocks are deflated, each for itself.
func managed(in, out string) error {
	policies, origin, err := readManaged(in)
	if err != nil {
		return err
	}
	policies = supplement(policies)
	sort.Slice(policies, func(i, j int) bool { return policies[i].Name < policies[j].Name })
	var index strings.Builder
	latest := ""
	for _, p := range policies {
		latest = max(latest, p.UpdateDate)
	}
	fmt.Fprintf(&index, "V\t%s\t%.10s\n", origin, latest)
	var blocks []byte
	for len(policies) > 0 {
		n, raw := 0, []byte(nil)
		var lines []string
		for n < len(policies) && (n == 0 || len(raw) < block) {
			p := policies[n]
			var doc bytes.Buffer
			if err := json.Compact(&doc, p.Document); err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
			mark := ""
			if p.Deprecated || p.ARN == nil {
				mark = "D"
			}
			lines = append(lines, fmt.Sprintf("%s\t%s\t%s\t%s\t%%d\t%%d\t%d\t%d\n", p.Name, path(p), p.Version, mark, len(raw), doc.Len()))
			raw = append(raw, doc.Bytes()...)
			n++
		}
		packed, err := deflate(raw)
		if err != nil {
			return err
		}
		for _, l := range lines {
			fmt.Fprintf(&index, l, len(blocks), len(packed))
		}
		blocks = append(blocks, packed...)
		policies = policies[n:]
	}
	packed, err := deflate([]byte(index.String()))
	if err != nil {
		return err
	}
	file := binary.BigEndian.AppendUint32(nil, uint32(len(packed)))
	file = append(append(file, packed...), blocks...)
	fmt.Printf("%s: %d bytes, index %d\n", out, len(file), len(packed))
	return os.WriteFile(out, file, 0o644)
}

func readManaged(in string) ([]managedPolicy, string, error) {
	f, err := os.Open(in)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, "", err
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, "", err
	}
	var file struct {
		Source   string
		Policies []managedPolicy
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, "", err
	}
	return file.Policies, file.Source, nil
}

// path is what stands before the name in the policy's ARN: "", "service-role/" …
func path(p managedPolicy) string {
	if p.ARN == nil {
		return ""
	}
	_, rest, _ := strings.Cut(*p.ARN, ":policy/")
	return strings.TrimSuffix(rest, p.Name)
}
