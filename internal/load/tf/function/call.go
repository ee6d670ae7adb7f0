package function

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// An Env is what functions need of the module that calls them.
type Env struct {
	// Root is what file functions read through; without it no file is known.
	Root *source.Root
	// Dir is the folder of the root module, to which relative paths relate. A
	// path that names no file there relates to the scanned folder itself.
	Dir string
	// Files lists the files below Root, for fileset; nil lists them anew.
	Files func() []source.File
	// Seen is told the path of each file that is read; nil tells nobody.
	Seen func(file string)
	// Problem notes what is wrong with a call.
	Problem func(at source.Span, format string, args ...any)
	// Template renders a template; nil where templates must not be used, which
	// is inside one.
	Template func(text []byte, file string, vars *value.Value, at source.Span) *value.Value
}

// Bounds of one call.
const (
	maxText    = 8 << 20 // bytes of a text
	maxNodes   = 200_000 // values read or made
	maxItems   = 100_000 // elements of a list that is made
	maxChoices = 32      // results for arguments that are choices
	maxRefs    = 1000
)

// A call is one call of a function.
type call struct {
	name string
	args []*value.Value
	at   source.Span
	env  *Env
	left int // of maxNodes
	// What is worked out when first asked for.
	used  []value.Ref
	have  bool
	named string
	// private keeps the arguments out of what names the result.
	private bool
}

// Known reports whether the language has the function. try and can, which
// look at expressions, are not functions of values.
func Known(name string) bool {
	_, ok := lookupFunction(name)
	return ok
}

func lookupFunction(name string) (function, bool) {
	f, ok := functions[strings.TrimPrefix(name, "core::")]
	return f, ok
}

// Call calls a function. A nil argument is null.
func Call(name string, args []*value.Value, at source.Span, env *Env) *value.Value {
	if env == nil {
		env = &Env{}
	}
	c := &call{name: strings.TrimPrefix(name, "core::"), args: make([]*value.Value, len(args)), at: at, env: env, left: maxNodes}
	for i, a := range args {
		if a.Kind() == value.Absent {
			a = value.NewNull(at)
		}
		c.args[i] = a
	}
	f, ok := lookupFunction(name)
	if !ok {
		return c.wrong("there is no such function")
	}
	if len(args) < f.min || f.max >= 0 && len(args) > f.max {
		return c.wrong("%d arguments are given, %s", len(args), f.arity())
	}
	c.private = f.private
	if r := c.run(f, maxChoices); r != nil {
		return r
	}
	return value.NewNull(at)
}

// run calls the function once for each combination of the arguments' choices,
// as long as there are few; at most limit results.
func (c *call) run(f function, limit int) *value.Value {
	at, n := -1, 0
	if !f.whole {
		for i, a := range c.args {
			if n = len(a.Choices()); a.Kind() == value.Unresolved && n > 0 && n <= limit {
				at = i
				break
			}
		}
	}
	if at < 0 {
		return f.do(c)
	}
	open := c.args[at]
	quiet := *c.env
	quiet.Problem = nil // a choice that cannot be may well be none
	var results []*value.Value
	seen := map[string]bool{}
	for _, choice := range open.Choices() {
		args := slices.Clone(c.args)
		if args[at] = choice; choice.Kind() == value.Absent {
			args[at] = value.NewNull(c.at)
		}
		one := c.with(c.name, args)
		one.env = &quiet
		r := one.run(f, limit/n)
		c.left = one.left
		if k, ok := c.key(r); ok {
			if seen[k] {
				continue
			}
			seen[k] = true
		}
		results = append(results, r)
	}
	if len(results) == 1 && results[0].IsResolved() {
		return results[0]
	}
	return value.NewUnresolved(open.Why(), c.at, c.refs(), results...)
}

// with is the same call with other arguments.
func (c *call) with(name string, args []*value.Value) *call {
	return &call{name: name, args: args, at: c.at, env: c.env, left: c.left, private: c.private}
}

// spend takes n from the values that the call may read or make; false when
// there are not enough.
func (c *call) spend(n int) bool {
	c.left -= n
	return c.left >= 0
}

// wrong notes a problem and gives an unresolved value in place of a result.
func (c *call) wrong(format string, args ...any) *value.Value {
	if c.env.Problem != nil {
		c.env.Problem(c.at, c.name+": "+format, args...)
	}
	return c.unknown()
}

// tooLarge is in place of a result that no call makes; its name does not show
// the arguments.
func (c *call) tooLarge() *value.Value {
	c.named = c.name + "() at " + c.at.String()
	return c.wrong("the arguments or the result are larger than remit evaluates; the value stays unknown")
}

// unknown is the result of which nothing is known.
func (c *call) unknown() *value.Value {
	return value.NewUnresolved(c.label(), c.at, c.refs())
}

// because is an unknown result whose reason is that of an argument.
func (c *call) because(why string) *value.Value {
	return value.NewUnresolved(why, c.at, c.refs())
}

// hole is a string of which nothing is known; calls with equal arguments give
// equal strings.
func (c *call) hole() *value.Value {
	return value.NewText(value.Hole(c.label()), c.at, c.refs()...)
}

// either is a boolean of which nothing is known.
func (c *call) either() *value.Value {
	return value.NewUnresolved(c.label(), c.at, c.refs(), value.NewBool(true, c.at), value.NewBool(false, c.at))
}

// tri is the answer to a question.
func (c *call) tri(t value.Tri) *value.Value {
	if t == value.Unknown {
		return c.either()
	}
	return value.NewBool(t == value.Yes, c.at)
}

// text is a string result with the references of the arguments.
func (c *call) text(t value.Text) *value.Value {
	size := 0
	for _, p := range t.Parts() {
		size += len(p.Lit) + len(p.Hole)
	}
	if size > maxText || len(t.Parts()) > maxItems {
		return c.tooLarge()
	}
	return value.NewText(t, c.at, c.refs()...)
}

// list is a list result.
func (c *call) list(items []*value.Value) *value.Value {
	if len(items) > maxItems {
		return c.tooLarge()
	}
	return value.NewList(items, c.at)
}

// refs are all references in the arguments, each once.
func (c *call) refs() []value.Ref {
	if c.have {
		return c.used
	}
	seen := map[value.Ref]bool{}
	left := maxNodes
	visit := func(v *value.Value) bool {
		if left--; left < 0 || len(c.used) >= maxRefs {
			return false
		}
		for _, r := range v.Refs() {
			if !seen[r] {
				seen[r] = true
				c.used = append(c.used, r)
			}
		}
		return true
	}
	for _, a := range c.args {
		walk(a, visit)
	}
	c.have = true
	return c.used
}

// walk visits a value and its parts until visit refuses; unlike value.Walk it
// does not go on beside a part that was refused.
func walk(v *value.Value, visit func(*value.Value) bool) bool {
	if v == nil {
		return true
	}
	if !visit(v) {
		return false
	}
	if v.Kind() == value.List {
		for _, i := range v.Items() {
			if !walk(i, visit) {
				return false
			}
		}
	}
	for _, f := range v.Fields() {
		if !walk(f.Value, visit) {
			return false
		}
	}
	for _, ch := range v.Choices() {
		if !walk(ch, visit) {
			return false
		}
	}
	return true
}
