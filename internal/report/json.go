package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// WriteJSON writes the report in the schema "remit/1". Normalize comes first.
func WriteJSON(w io.Writer, r *Report) error { return writeJSON(w, r) }

// WriteRulesJSON writes a catalogue of rules: a list of Rule.
func WriteRulesJSON(w io.Writer, rules []Rule) error { return writeJSON(w, some(rules)) }

// WriteDutiesJSON writes the responsibility matrix: a list of Duty.
func WriteDutiesJSON(w io.Writer, duties []Duty) error { return writeJSON(w, some(duties)) }

// writeJSON indents, ends with a newline and leaves <, > and & as they are.
// Control characters are escaped by JSON itself; the invisible characters
// that JSON allows are escaped too, so that looking at the file is safe.
func writeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("the report cannot be written as JSON: %w", err)
	}
	_, err := w.Write(escapeInvisible(b.Bytes()))
	return err
}

// escapeInvisible replaces what a terminal acts on and JSON does not escape
// by its \u form. All of it can stand only inside strings.
func escapeInvisible(data []byte) []byte {
	if !bytes.ContainsFunc(data, invisible) {
		return data
	}
	out := make([]byte, 0, len(data)+64)
	for _, c := range string(data) {
		switch {
		case c == '\n' || !invisible(c):
			out = append(out, string(c)...)
		case c > 0xffff:
			c -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+c>>10, 0xdc00+c&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, c)
		}
	}
	return out
}

// Read reads a report that WriteJSON wrote, so that any format can be made of
// a saved scan.
func Read(data []byte) (*Report, error) {
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("this is no report of remit: %w", err)
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("this report has the schema %q; this version of remit reads %q", r.Schema, Schema)
	}
	r.Normalize()
	return &r, nil
}
