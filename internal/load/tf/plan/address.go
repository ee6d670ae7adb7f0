package plan

import (
	"strconv"
	"strings"
)

// A step is one name of an address or a reference with the keys behind it:
// the steps of module.a["x"].aws_s3_bucket.b[0].arn are module, a, …
type step struct {
	name string
	keys []string // as written between brackets, quotes taken off
	text string   // as written
}

// steps reads an address or a reference; nil for what is none.
func steps(s string) []step {
	var out []step
	for s != "" {
		i := 0
		for i < len(s) && s[i] != '.' && s[i] != '[' {
			i++
		}
		if i == 0 {
			return nil
		}
		st := step{name: s[:i]}
		rest := s[i:]
		for strings.HasPrefix(rest, "[") {
			key, after, ok := bracket(rest)
			if !ok {
				return nil
			}
			st.keys = append(st.keys, key)
			rest = after
		}
		st.text = s[:len(s)-len(rest)]
		out = append(out, st)
		if rest == "" {
			return out
		}
		if rest[0] != '.' || len(rest) == 1 {
			return nil
		}
		s = rest[1:]
	}
	return out
}

// bracket reads ["key"] or [0].
func bracket(s string) (key, rest string, ok bool) {
	if strings.HasPrefix(s, `["`) {
		quoted, err := strconv.QuotedPrefix(s[1:])
		if err != nil {
			return "", "", false
		}
		key, err = strconv.Unquote(quoted)
		rest = s[1+len(quoted):]
		if err != nil || !strings.HasPrefix(rest, "]") {
			return "", "", false
		}
		return key, rest[1:], true
	}
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return "", "", false
	}
	return s[1:end], s[end+1:], true
}

// A target is what the front of a reference names: a block, or an output of a
// module, in the module instance that the reference is written in.
type target struct {
	kind       string // "resource", "data", "module", "var", "local", …
	typ, name  string
	key        string
	keyed      bool
	attr       string
	deep       bool // more follows the attribute
	moduleStep string
}

// parseTarget reads a reference as the configuration of a plan lists them.
func parseTarget(ref string) (t target, ok bool) {
	ss := steps(ref)
	if len(ss) == 0 {
		return t, false
	}
	rest := ss
	switch t.kind = ss[0].name; t.kind {
	case "var", "local", "module":
		if len(ss) < 2 {
			return t, false
		}
		t.name, t.moduleStep = ss[1].name, "module."+ss[1].text
		t.deep = t.kind != "module" && (len(ss) > 2 || len(ss[1].keys) > 0)
		t.setKey(ss[1])
		rest = ss[2:]
	case "each", "count", "path", "terraform", "self":
		if len(ss) > 1 {
			t.name = ss[1].name
		}
		t.deep = len(ss) > 2
		return t, true
	case "data":
		if len(ss) < 3 {
			return t, false
		}
		t.typ, t.name = ss[1].name, ss[2].name
		t.setKey(ss[2])
		rest = ss[3:]
	default:
		if len(ss) < 2 {
			return t, false
		}
		t.kind, t.typ, t.name = "resource", ss[0].name, ss[1].name
		t.setKey(ss[1])
		rest = ss[2:]
	}
	if len(rest) > 0 {
		t.attr = rest[0].name
		t.deep = t.deep || len(rest) > 1 || len(rest[0].keys) > 0
	}
	return t, true
}

func (t *target) setKey(s step) {
	if len(s.keys) > 0 {
		t.key, t.keyed = s.keys[0], true
		t.deep = len(s.keys) > 1
	}
}
