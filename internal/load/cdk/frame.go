package cdk

import (
	"bytes"
	"path"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// A frame is one line of a stack trace: a file on the machine that synthesised.
type frame struct {
	file         string
	line, column int
}

// parseFrame reads "new Shop (/home/me/shop/app.ts:36:16)" and the forms
// without a function or with "at" before it. What belongs to libraries and to
// the runtime is none.
func parseFrame(text string) (frame, bool) {
	if len(text) > maxPath {
		return frame{}, false
	}
	text = strings.TrimPrefix(strings.TrimSpace(text), "at ")
	if i := strings.LastIndexByte(text, '('); i >= 0 && strings.HasSuffix(text, ")") {
		text = text[i+1 : len(text)-1]
	}
	text = strings.TrimPrefix(text, "file://")
	rest, column, ok := cutNumber(text)
	if !ok {
		return frame{}, false
	}
	file, line, ok := cutNumber(rest)
	if !ok {
		return frame{}, false
	}
	file = strings.ReplaceAll(file, `\`, "/")
	if !strings.Contains(file, "/") || strings.HasPrefix(file, "node:") || strings.Contains(file, "/node_modules/") || strings.Contains(file, "/../") {
		return frame{}, false
	}
	return frame{file: file, line: line, column: column}, true
}

// cutNumber cuts ":123" off the end.
func cutNumber(text string) (rest string, n int, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(text[i+1:])
	return text[:i], n, err == nil && n > 0
}

// addFrames keeps the frames of a trace that may lie in the program, the
// innermost first.
func (c *constructs) addFrames(at string, trace *source.Node) {
	if trace == nil || len(c.frames[at]) > 0 {
		return
	}
	for _, it := range trace.Items {
		if it.Is(source.StringNode) {
			if f, ok := parseFrame(it.Text); ok {
				c.frames[at] = append(c.frames[at], f)
			}
		}
	}
}

// locate finds the places in the scanned files that the frames of all stacks
// name.
func (as *assembly) locate() {
	base, ok := as.findBase()
	if ok {
		as.base = base
	}
	for _, s := range as.stacks {
		s.constructs.spans = map[string]source.Span{}
		if ok {
			for at, frames := range s.constructs.frames {
				if span, ok := as.place(base, frames); ok {
					s.constructs.spans[at] = span
				}
			}
		}
		s.constructs.frames = nil
	}
}

// A mapping leads from a folder on the machine that synthesised to one here;
// "" is the root.
type mapping struct{ there, here string }

// shortest is the mapping with what both folders end in cut off, so that each
// is written in one way.
func (m mapping) shortest() mapping {
	for m.here != "" && path.Base(m.there) == path.Base(m.here) {
		m.there = strings.TrimSuffix(m.there[:len(m.there)-len(path.Base(m.there))], "/")
		if m.here = path.Dir(m.here); m.here == "." {
			m.here = ""
		}
	}
	return m
}

// project is the folder that holds the assembly.
func (as *assembly) project() string {
	outer := path.Dir(as.manifest)
	for as.folders[path.Dir(outer)] != nil && outer != "." {
		outer = path.Dir(outer) // from a stage to its app
	}
	if dir := path.Dir(outer); dir != "." {
		return dir
	}
	return ""
}

// findBase finds where the machine that synthesised had what is scanned here.
// Nothing says it: it is the mapping by which most of the named files are
// found. Of two that fit alike it is the one that finds more in the project's
// own folder, and else none.
func (as *assembly) findBase() (best mapping, sure bool) {
	named := map[string]bool{}
	for _, s := range as.stacks {
		for _, frames := range s.constructs.frames {
			for _, f := range frames {
				named[f.file] = true
			}
		}
	}
	type votes struct{ files, own int }
	found := map[mapping]votes{}
	project := as.project()
	for file := range named {
		seen := map[mapping]bool{}
		const deepest = 30 // folders below the root
		for i, depth := len(file)-1, 0; i >= 0 && depth < deepest; i-- {
			if file[i] != '/' {
				continue
			}
			depth++
			for _, here := range []string{"", project} {
				at := path.Join(here, file[i+1:])
				m := mapping{file[:i], here}.shortest()
				if seen[m] || !as.listed[at] || as.inAsset(at) {
					continue
				}
				seen[m] = true
				v := found[m]
				v.files++
				if project == "" || strings.HasPrefix(at, project+"/") {
					v.own++
				}
				found[m] = v
			}
		}
	}
	var top votes
	for m, v := range found {
		switch {
		case v.files > top.files, v.files == top.files && v.own > top.own:
			best, top, sure = m, v, true
		case v == top:
			sure = false
		}
	}
	return best, sure
}

// place is the innermost frame that is a true line of a file here.
func (as *assembly) place(base mapping, frames []frame) (source.Span, bool) {
	for _, f := range frames {
		rest, ok := strings.CutPrefix(f.file, base.there+"/")
		file := path.Join(base.here, rest)
		if !ok || !as.listed[file] {
			continue
		}
		lengths, known := as.lengths[file]
		if !known {
			lengths = as.measure(file)
			as.lengths[file] = lengths
		}
		if f.line > len(lengths) || f.column > lengths[f.line-1] {
			return source.Span{}, false // the file has changed since
		}
		return source.Span{File: file, Line: f.line, Column: f.column, EndLine: f.line, EndColumn: lengths[f.line-1] + 1}, true
	}
	return source.Span{}, false
}

// measure gives the lengths of a file's lines in bytes; none where it is not
// read.
func (as *assembly) measure(file string) []int {
	data, err := as.root.Read(file)
	if err != nil {
		return nil
	}
	var out []int
	for line := range bytes.Lines(data) {
		out = append(out, len(bytes.TrimRight(line, "\r\n")))
	}
	return out
}
