package sls

import (
	"errors"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// foreign are the sources of values that only a deployment can ask: parameter
// stores, other stacks, the repository, secret keepers.
var foreign = map[string]bool{
	"ssm": true, "cf": true, "s3": true, "git": true, "output": true, "state": true, "terraform": true, "vault": true,
	"doppler": true, "secrets": true, "github": true, "awsSsm": true, "awsSecretsManager": true, "awsS3": true, "awsCf": true,
}

// source is the value of one source; nil where it has none, so that the next
// one counts. more tells that there is a next one, lazy that only the keys of
// a map are asked for.
func (r *resolver) source(s varSource, span source.Span, more, lazy bool) *node {
	if s.literal {
		switch s.kind {
		case "null":
			return nil
		case "bool":
			return source.NewBool(s.text == "true", span)
		case "number":
			return source.NewNumber(s.text, span)
		}
		return source.NewString(s.text, span)
	}
	if s.kind == "variable" {
		v := r.str(source.NewString(s.address, span), textIs{whole: true, lazy: lazy})
		if v.Is(source.StringNode) && v.Text == "" {
			return nil
		}
		return v
	}
	address := r.str(source.NewString(s.address, span), textIs{})
	params := r.str(source.NewString(s.params, span), textIs{})
	if !address.IsScalar() || !params.IsScalar() {
		return r.unknown(s.name(), span)
	}
	s.address, s.params = address.Text, params.Text
	switch kind, _, _ := strings.Cut(s.kind, "."); kind {
	case "self":
		return r.self(s.address, span, lazy)
	case "opt":
		return r.option(s.address, span)
	case "env":
		return r.given(span, "env:"+s.address)
	case "param":
		return r.param(s.address, span, lazy)
	case "file":
		return r.fileSource(s, span, more, lazy)
	case "sls":
		if s.address == "stage" {
			return r.stageOf(span)
		}
		return r.unknown(s.name(), span)
	case "aws":
		return r.aws(s, span)
	case "strToBool":
		return r.strToBool(s, span)
	default:
		if !foreign[kind] && !r.resolvers(kind) {
			r.problem(span, "where ${%s} gets its value is not known to remit; it stays unresolved", s.name())
		}
		return r.given(span, s.name(), s.name())
	}
}

// resolvers reports whether the service declares a source of that name
// (version 4: stages.NAME.resolvers).
func (r *resolver) resolvers(kind string) bool {
	stages := r.root.Get("stages")
	if stages == nil {
		return false
	}
	for _, f := range stages.Fields {
		if f.Value.Get("resolvers").Has(kind) {
			return true
		}
	}
	return false
}

// given is the value that the command line gives for one of the names. With a
// hole, it is unknown without; else it has none.
func (r *resolver) given(span source.Span, name string, hole ...string) *node {
	r.asked[name] = true
	if v, ok := r.o.Parameters[name]; ok {
		return source.NewString(v, span)
	}
	if len(hole) > 0 {
		return r.unknown(hole[0], span)
	}
	return nil
}

func (r *resolver) option(name string, span source.Span) *node {
	switch name {
	case "region", "r":
		if r.o.Region != "" {
			return source.NewString(r.o.Region, span)
		}
		return nil
	case "s":
		name = "stage"
	}
	if v := r.given(span, name); v != nil {
		return v
	}
	return r.given(span, "opt:"+name)
}

// param is a value of the section params: of the stage, else of all stages.
func (r *resolver) param(name string, span source.Span, lazy bool) *node {
	if v := r.given(span, "param:"+name); v != nil {
		return v
	}
	if v, ok := r.o.Parameters[name]; ok && name != "stage" {
		r.asked[name] = true
		return source.NewString(v, span)
	}
	r.asked[name] = true
	for _, key := range []string{text(r.stageOf(span)), "default"} {
		for _, set := range []*node{r.head(r.head(r.root.Get("params")).Get(key)), r.head(r.head(r.head(r.root.Get("stages")).Get(key)).Get("params"))} {
			if v := set.Get(name); v != nil {
				return r.finish(v, lazy)
			}
		}
	}
	return nil
}

func (r *resolver) aws(s varSource, span source.Span) *node {
	switch s.address {
	case "accountId":
		if r.o.Account != "" {
			return source.NewString(r.o.Account, span)
		}
		return ref(span, "AWS::AccountId")
	case "region":
		return ref(span, "AWS::Region")
	case "partition":
		return ref(span, "AWS::Partition")
	}
	return r.unknown(s.name(), span)
}

func (r *resolver) strToBool(s varSource, span source.Span) *node {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(s.params), `'"`)) {
	case "true", "1":
		return source.NewBool(true, span)
	case "false", "0":
		return source.NewBool(false, span)
	}
	r.problem(span, "strToBool takes true, false, 1 or 0, not %.60q; the value stays unresolved", s.params)
	return r.unknown(s.name(), span)
}

// stageOf is the stage that is deployed: what the command line says, else
// what the service says, else dev.
func (r *resolver) stageOf(span source.Span) *node {
	if r.stage == nil {
		r.asked["stage"] = true
		r.stage = source.NewString("dev", span)
		if v, ok := r.o.Parameters["stage"]; ok {
			r.stage = source.NewString(v, span)
		} else if n := r.head(r.root.Get("provider")).Get("stage"); !isNone(n) {
			r.stage = r.unknown("sls:stage", n.Span) // for a stage that asks for itself
			r.stage = r.value(n)
		}
	}
	return r.stage
}

// self follows a path through the service file. Where it leads into what is
// not known, what lies there is not known either.
func (r *resolver) self(address string, span source.Span, lazy bool) *node {
	if address == "" {
		return r.finish(r.root, lazy)
	}
	switch address { // what an option decides before the file does
	case "provider.stage":
		return r.stageOf(span)
	case "provider.region":
		if r.o.Region != "" {
			return source.NewString(r.o.Region, span)
		}
		if v := r.head(r.root.Get("provider")).Get("region"); isNone(v) {
			return source.NewString(defaultRegion, span)
		}
	}
	return r.follow(r.root, address, span, lazy)
}

// follow walks from a value along a path of keys and indexes.
func (r *resolver) follow(n *node, address string, span source.Span, lazy bool) *node {
	for rest := address; rest != ""; {
		n = r.head(n)
		if name, ok := r.isUnknown(n); ok {
			if strings.HasPrefix(name, "file:") && strings.Count(name, ":") == 1 {
				return r.unknown(name+":"+rest, span) // as if the file had been asked for it
			}
			return r.unknown(name+"."+rest, span)
		}
		var key string
		key, rest, _ = strings.Cut(rest, ".")
		if isList(n) {
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(n.Items) {
				return nil
			}
			n = n.Items[i]
			continue
		}
		n = n.Get(key)
	}
	return r.finish(n, lazy)
}

// finish resolves what a source leads to, as far as it is asked for.
func (r *resolver) finish(n *node, lazy bool) *node {
	if lazy {
		return r.head(n)
	}
	return r.value(n)
}

// head resolves a value so far that its keys can be asked for.
func (r *resolver) head(n *node) *node {
	if !n.Is(source.StringNode) || !strings.Contains(n.Text, "${") {
		return n
	}
	if out, ok := r.heads[n]; ok {
		return out
	}
	if r.heading[n] {
		return r.cycle(n)
	}
	r.heading[n] = true
	out := r.str(n, textIs{whole: true, lazy: true})
	delete(r.heading, n)
	r.heads[n] = out
	return out
}

// A document is a file that variables name.
type document struct {
	root    *node
	unknown bool // code that would have to run, or a document that is broken
	read    bool
}

// fileSource is ${file(path):key}: YAML and JSON are read, other text is a
// string, and code is not run.
func (r *resolver) fileSource(s varSource, span source.Span, more, lazy bool) *node {
	name := strings.Trim(strings.TrimSpace(s.params), `'"`)
	d := r.open(name, span, more)
	switch {
	case d == nil:
		return nil
	case d.unknown:
		s.params = strings.TrimPrefix(name, "./")
		return r.unknown(s.name(), span)
	case s.address == "":
		return r.finish(d.root, lazy)
	}
	return r.follow(d.root, s.address, span, lazy)
}

// open reads a file once. more tells that a missing file is no defect.
func (r *resolver) open(name string, span source.Span, more bool) *document {
	file, err := name, error(nil)
	if strings.HasPrefix(name, "~") || path.IsAbs(name) {
		err = source.ErrOutside
	} else {
		file, err = source.Join(r.file, name)
	}
	if err == nil {
		if d, ok := r.files[file]; ok {
			return d
		}
	}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".js", ".cjs", ".mjs", ".ts", ".mts", ".cts":
		r.problem(span, "%s is code, which remit does not run; what it gives stays unresolved", quote(name))
		d := &document{unknown: true}
		if err == nil {
			r.files[file] = d
		}
		return d
	}
	var data []byte
	if err == nil {
		data, err = r.o.Root.Read(file)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if more {
			return nil
		}
		r.problem(span, "the file %s is not read: there is no such file", quote(name))
	case err != nil:
		r.problem(span, "the file %s is not read: %v", quote(name), err)
	default:
		d := r.parse(file, data)
		d.read = true
		r.files[file] = d
		return d
	}
	return &document{unknown: true}
}

func (r *resolver) parse(file string, data []byte) *document {
	switch strings.ToLower(path.Ext(file)) {
	case ".yml", ".yaml", ".json", ".tfstate":
		n, problems := source.Parse(file, data, r.o.Root.Limits())
		r.problems.Append(problems...)
		if n == nil {
			return &document{unknown: true}
		}
		return &document{root: intrinsic.Normalize(n)}
	}
	return &document{root: source.NewString(string(source.Plain(data)), source.FileSpan(file))}
}

// quote makes a name of the input safe for a message.
func quote(s string) string {
	const longest = 120
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return strconv.Quote(s)
}
