package lang

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// variable is the value of an input variable.
func (m *module) variable(name string, at source.Span) *value.Value {
	decl := m.conf.index["variable "+name]
	if decl == nil {
		return m.missing(at, "var."+name, "there is no variable %s in this module", name)
	}
	t := entry(m.variables, name)
	v := m.lazy(t, "var."+name, at, func() *value.Value { return m.input(decl) })
	if v.Span() == m.span(decl.header) && (isHole(v) || v.Kind() == value.Unresolved) {
		return v.At(at) // it is written nowhere; this is where it is missed
	}
	return v
}

// input evaluates a variable: what the call or the deployment gives, or the
// default, brought to the variable's type.
func (m *module) input(decl *block) *value.Value {
	name := decl.label(0)
	typ, defaults := m.typeOf(decl)
	nullable := true
	if a := decl.arg("nullable"); a != nil {
		nullable = literalBool(a.expr, true)
	}
	v := m.given[name]
	if a := m.inputs[name]; a != nil && m.parent != nil {
		v = m.outer.eval(a.expr)
	}
	if text, ok := m.options.Variables[name]; ok && m.parent == nil {
		v = m.written(name, text, typ)
	}
	if v.Kind() == value.Absent || v.Kind() == value.Null && !nullable {
		d := decl.arg("default")
		if d == nil {
			if v.Kind() == value.Null {
				m.problem(v.Span(), "the variable %s must not be null", name)
			}
			return m.unset(decl, name, typ)
		}
		v = m.scope.eval(d.expr)
	}
	v = m.scope.convert(v, typ, defaults, "the variable "+name)
	if m.parent == nil && sensitive(decl) {
		return hidden(v, "var."+name)
	}
	return v
}

// sensitive tells a variable whose value must not be shown.
func sensitive(decl *block) bool {
	a := decl.arg("sensitive")
	return a != nil && literalBool(a.expr, true)
}

// hidden is a value with a hole in the place of every text and number: what is
// sensitive does not enter the model. What refers to a resource is known to
// everybody who reads the configuration.
func hidden(v *value.Value, name string) *value.Value {
	switch v.Kind() {
	case value.String, value.Number:
		if _, ok := v.Ref(); ok {
			return v
		}
		return value.NewText(value.Hole(name), v.Span(), v.Refs()...)
	case value.List:
		items := make([]*value.Value, v.Len())
		for i, el := range v.Items() {
			items[i] = hidden(el, name+"["+strconv.Itoa(i)+"]")
		}
		return value.NewList(items, v.Span())
	case value.Map:
		fields := make([]value.Field, v.Len())
		for i, f := range v.Fields() {
			fields[i] = value.Field{Key: f.Key, KeySpan: f.KeySpan, Value: hidden(f.Value, name+"."+f.Key)}
		}
		return value.NewOpenMap(fields, v.Why(), v.Span())
	case value.Unresolved:
		choices := make([]*value.Value, len(v.Choices()))
		for i, c := range v.Choices() {
			choices[i] = hidden(c, name)
		}
		return value.NewUnresolved(v.Why(), v.Span(), v.Refs(), choices...)
	}
	return v
}

func literalBool(e hclsyntax.Expression, otherwise bool) bool {
	if l, ok := e.(*hclsyntax.LiteralValueExpr); ok && l.Val.Type() == cty.Bool && l.Val.IsKnown() && !l.Val.IsNull() {
		return l.Val.True()
	}
	return otherwise
}

// unset is a variable that nothing gives a value: a hole for one string or
// number, an unresolved value for anything else.
func (m *module) unset(decl *block, name string, typ cty.Type) *value.Value {
	at := m.span(decl.header)
	if m.parent != nil {
		m.once("unset "+m.path+name, m.span(m.from.block.header), "module %s does not give the variable %s, which has no default; it stays unresolved", m.from.name, name)
	}
	hole := m.path + "var." + name
	if typ == cty.String || typ == cty.Number || typ == cty.DynamicPseudoType {
		return value.NewText(value.Hole(hole), at)
	}
	reason := "the variable " + name + " has no default; pass --param " + name + "=… or --var-file"
	if m.parent != nil {
		reason = "module " + m.from.name + " does not give the variable " + name
	}
	if typ == cty.Bool {
		return value.NewUnresolved(reason, at, nil, value.NewBool(true, at), value.NewBool(false, at))
	}
	return value.NewUnresolved(reason, at, nil)
}

// typeOf is the type of a variable with the defaults of optional attributes.
func (m *module) typeOf(decl *block) (cty.Type, *typeexpr.Defaults) {
	a := decl.arg("type")
	if a == nil {
		return cty.DynamicPseudoType, nil
	}
	var e hcl.Expression = a.expr
	if text := literal(a.expr); text != "" { // in JSON, and in old native syntax
		switch text {
		case "list":
			return cty.List(cty.DynamicPseudoType), nil
		case "map":
			return cty.Map(cty.DynamicPseudoType), nil
		case "set":
			return cty.Set(cty.DynamicPseudoType), nil
		}
		f := m.files[a.at.Filename]
		if f == nil {
			f = &file{name: a.at.Filename, lines: []int{0}}
		}
		parsed, diags := f.parseText(asExpression(), text, source.Span{})
		if diags.HasErrors() {
			m.problem(m.span(a.expr.Range()), "the type of the variable %s cannot be read", decl.label(0))
			return cty.DynamicPseudoType, nil
		}
		e = parsed
	}
	if !plainType(e) {
		m.problem(m.span(a.expr.Range()), "the type of the variable %s has a default that is no constant; it is read as any type", decl.label(0))
		return cty.DynamicPseudoType, nil
	}
	typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(e)
	if diags.HasErrors() {
		m.problem(m.span(a.expr.Range()), "the type of the variable %s cannot be read: %s", decl.label(0), diagnosis(diags[0]))
		return cty.DynamicPseudoType, nil
	}
	return typ, defaults
}

// plainType tells whether a type's defaults are constants. The package that
// reads types evaluates them on its own, without our bounds.
func plainType(e hcl.Expression) bool {
	node, ok := e.(hclsyntax.Node)
	if !ok {
		return false
	}
	plain := true
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := n.(type) {
		case *hclsyntax.ForExpr, *hclsyntax.SplatExpr, *hclsyntax.TemplateJoinExpr, *hclsyntax.BinaryOpExpr:
			plain = false
		case *hclsyntax.LiteralValueExpr:
			if n.Val.Type() == cty.Number && n.Val.IsKnown() && !n.Val.IsNull() {
				e := n.Val.AsBigFloat().MantExp(nil)
				plain = plain && e <= maxBits && e >= -maxBits
			}
		}
		return nil
	})
	return plain
}

// written is a value from the command line: text for a string, an expression
// for any other type.
func (m *module) written(name, text string, typ cty.Type) *value.Value {
	if typ == cty.DynamicPseudoType || typ.IsPrimitiveType() {
		return value.NewText(value.Lit(text), source.Span{})
	}
	f := &file{lines: []int{0}}
	e, diags := f.parseText(asExpression(), text, source.Span{})
	if diags.HasErrors() {
		m.problem(m.span(m.conf.index["variable "+name].header), "the value given for the variable %s is no expression: %s", name, diagnosis(diags[0]))
		return nil
	}
	s := &scope{module: m.bare(), place: m.span(m.conf.index["variable "+name].header)}
	return s.eval(e)
}

// readVariables reads the files that give the root module's variables.
// https://developer.hashicorp.com/terraform/language/values/variables
func (m *module) readVariables() {
	m.given = map[string]*value.Value{}
	names := m.options.Root.List(m.conf.dir)
	var files []string
	for _, n := range []string{"terraform.tfvars", "terraform.tfvars.json"} {
		if slices.Contains(names, n) {
			files = append(files, path.Join(m.conf.dir, n))
		}
	}
	for _, n := range names {
		if strings.HasSuffix(n, ".auto.tfvars") || strings.HasSuffix(n, ".auto.tfvars.json") {
			files = append(files, path.Join(m.conf.dir, n))
		}
	}
	for _, name := range files {
		if f := m.read(name); f != nil {
			m.variablesOf(f, true)
		}
	}
	for _, v := range m.options.VarFiles {
		if strings.HasSuffix(v.Name, ".json") {
			m.jsonVariables(&file{name: v.Name, data: v.Data})
			continue
		}
		m.variablesOf(parse(v.Name, v.Data, m.options.Root.Limits(), m.problem), false)
	}
}

// variablesOf reads a file of variables; strict reports those that the root
// module does not have.
func (m *module) variablesOf(f *file, strict bool) {
	if strings.HasSuffix(f.name, ".tfvars.json") {
		m.jsonVariables(f)
		return
	}
	args, blocks := body(f.body)
	for _, b := range blocks {
		m.problem(f.span(b.header), "a file of variables has no blocks; this one is not read")
	}
	m.take(f, args, strict)
}

// take gives variables their values from a file.
func (m *module) take(f *file, args []*argument, strict bool) {
	s := &scope{module: m.bare()}
	for _, a := range args {
		if strict && m.conf.index["variable "+a.name] == nil {
			m.problem(f.span(a.at), "there is no variable %s in the root module; the value is not used", a.name)
			continue
		}
		m.given[a.name] = s.eval(a.expr)
	}
}

func (m *module) jsonVariables(f *file) {
	node, problems := source.ParseJSON(f.name, f.data, m.options.Root.Limits())
	for _, p := range problems {
		m.problem(p.Span, "%s", p.Message)
	}
	if node == nil {
		return
	}
	if !node.Is(source.MapNode) {
		m.problem(source.FileSpan(f.name), "a file of variables in JSON is an object; it is not read")
		return
	}
	for _, field := range node.Fields {
		m.given[field.Key] = value.FromNode(field.Value)
	}
}

// parameters describes the variables of the root module.
func (m *module) parameters() []app.Parameter {
	var out []app.Parameter
	for _, b := range m.conf.variables {
		typ, _ := m.typeOf(b)
		p := app.Parameter{Name: b.label(0), Hole: "var." + b.label(0), Type: parameterType(typ), Span: m.span(b.header), Secret: sensitive(b)}
		v := value.NewAbsent(p.Span)
		if d := b.arg("default"); d != nil {
			v = m.scope.eval(d.expr).At(m.span(d.expr.Range()))
		}
		if given := m.given[p.Name]; p.Secret && given.Exists() == value.Yes && m.files[given.Span().File] != nil {
			v = given // in a file of the sources
		}
		if s, ok := v.Known(); v.Exists() == value.Yes && (!ok || s != "") {
			p.HasDefault, p.DefaultSpan, p.Placeholder = true, v.Span(), app.IsPlaceholder(s)
			if !p.Secret {
				p.Default = v
			}
		}
		out = append(out, p)
	}
	return out
}

func parameterType(t cty.Type) string {
	switch {
	case t == cty.String:
		return "String"
	case t == cty.Number:
		return "Number"
	case t == cty.Bool:
		return "Bool"
	case t == cty.DynamicPseudoType:
		return "Any"
	case t.IsListType() || t.IsSetType() || t.IsTupleType():
		return "List"
	}
	return "Map"
}
