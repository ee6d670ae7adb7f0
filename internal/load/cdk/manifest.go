package cdk

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/remit-security/remit/internal/load/cfn"
	"github.com/remit-security/remit/internal/source"
)

// Types of artifacts, as the cloud assembly schema of the CDK names them.
const (
	stackType    = "aws:cloudformation:stack"
	assetsType   = "cdk:asset-manifest"
	assemblyType = "cdk:cloud-assembly"
	treeType     = "cdk:tree"
	flagsType    = "cdk:feature-flag-report"
	noType       = "none"
)

// parse reads the manifest: the stacks, the lines of the program that they
// name, and then the assets, which may lie where the program did.
func (as *assembly) parse(data []byte) {
	as.read[as.manifest] = true
	n, problems := source.ParseJSON(as.manifest, data, as.root.Limits())
	as.problems.Append(problems...)
	if n == nil {
		return
	}
	artifacts := n.Get("artifacts")
	if !artifacts.Is(source.MapNode) {
		as.problem(source.FileSpan(as.manifest), "the manifest has no map of artifacts; run cdk synth again, until then its templates are read as plain CloudFormation")
		return
	}
	var stacks, assets []source.Field
	last := map[string]int{} // of a key that is written twice, as the parser has said
	for i, f := range artifacts.Fields {
		last[f.Key] = i
	}
	for i, f := range artifacts.Fields {
		if last[f.Key] != i {
			continue
		}
		typ, props := f.Value.Get("type"), f.Value.Get("properties")
		switch {
		case !typ.Is(source.StringNode):
			as.problem(f.KeySpan, "the artifact %s has no type; it is left out, run cdk synth again", quote(f.Key))
		case typ.Text == stackType:
			stacks = append(stacks, f)
		case typ.Text == assetsType:
			assets = append(assets, f)
		case typ.Text == assemblyType:
			as.stage(f, props)
		case typ.Text == treeType:
			if file, ok := as.named(f, props.Get("file"), "file"); ok {
				as.tree.file = file
			}
		case typ.Text == flagsType, typ.Text == noType: // say nothing of what is deployed
		default:
			as.problem(typ.Span, "the artifact %s is a %s, which remit does not know; it is left out", quote(f.Key), quote(typ.Text))
		}
	}
	for _, f := range stacks {
		as.addStack(f)
	}
	as.locate()
	for _, f := range assets {
		if file, ok := as.named(f, f.Value.Path("properties", "file"), "file"); ok && !as.used[file] {
			as.readAssets(file, f.KeySpan)
		}
	}
}

// named is the file or folder that an artifact names, relative to the root.
func (as *assembly) named(artifact source.Field, name *source.Node, key string) (string, bool) {
	if !name.Is(source.StringNode) || name.Text == "" {
		as.problem(artifact.KeySpan, "the artifact %s has no %s; it is left out, run cdk synth again", quote(artifact.Key), key)
		return "", false
	}
	return as.path(as.manifest, name)
}

// path is a path that a file of the assembly names, relative to the root.
func (as *assembly) path(file string, name *source.Node) (string, bool) {
	p, err := as.join(file, name.Text)
	if err != nil {
		as.problem(name.Span, "%s is not read: %v", quote(name.Text), err)
		return "", false
	}
	return p, true
}

// join resolves a path that is written in a file. An absolute one is of the
// machine that synthesised, and is found where its folder is known here.
func (as *assembly) join(file, name string) (string, error) {
	if rest, ok := strings.CutPrefix(name, as.base.there+"/"); ok && as.base.there != "" {
		return source.Clean(path.Join(as.base.here, rest))
	}
	return source.Join(file, name)
}

// stage checks that the assembly of a stage is there: its manifest is found
// like any other.
func (as *assembly) stage(f source.Field, props *source.Node) {
	dir, ok := as.named(f, props.Get("directoryName"), "directoryName")
	if ok && !as.listed[path.Join(dir, "manifest.json")] {
		as.problem(f.KeySpan, "the stage %s has no %s; run cdk synth again, nothing of the stage is analysed", quote(f.Key), quote(path.Join(dir, "manifest.json")))
	}
}

// addStack reads one stack.
func (as *assembly) addStack(f source.Field) {
	props := f.Value.Get("properties")
	template, ok := as.named(f, props.Get("templateFile"), "templateFile")
	if !ok {
		return
	}
	if as.Assemblies.stacks[template] != nil {
		as.problem(f.KeySpan, "the stack %s has the template %s of another stack; it is left out", quote(f.Key), quote(template))
		return
	}
	if !as.exists(template) {
		as.problem(f.KeySpan, "the template %s of the stack %s is missing; run cdk synth again, nothing of the stack is analysed", quote(template), quote(f.Key))
		return
	}
	s := &stack{id: f.Key, span: f.KeySpan, template: template}
	name := props.Get("stackName")
	if !name.Is(source.StringNode) || name.Text == "" {
		name = source.NewString(f.Key, f.KeySpan)
	}
	s.deployment = cfn.Deployment{Format: Format, Name: name.Text, Stack: name, Group: path.Dir(as.manifest), Files: []string{as.manifest}}
	as.environment(s, f.Value.Get("environment"))
	as.parameters(s, props.Get("parameters"))
	s.constructs = as.readConstructs(s, f.Value)
	as.Assemblies.stacks[template] = s
	as.stacks = append(as.stacks, s)
}

// environment reads "aws://ACCOUNT/REGION".
func (as *assembly) environment(s *stack, n *source.Node) {
	if n == nil || n.Kind == source.NullNode {
		return
	}
	rest, ok := strings.CutPrefix(n.Text, "aws://")
	account, region, two := strings.Cut(rest, "/")
	if !n.Is(source.StringNode) || !ok || !two || account == "" || region == "" || strings.Contains(region, "/") {
		as.problem(n.Span, "the environment of the stack %s must be aws://ACCOUNT/REGION; where it is deployed is not known", quote(s.id))
		return
	}
	if account != "unknown-account" {
		s.deployment.Account = account
	}
	if region != "unknown-region" {
		s.deployment.Region = region
	}
}

// parameters reads the values that a deployment gives the stack's parameters.
func (as *assembly) parameters(s *stack, n *source.Node) {
	if n == nil || n.Kind == source.NullNode {
		return
	}
	if n.Kind != source.MapNode {
		as.problem(n.Span, "the parameters of the stack %s must be a map, not a %s; they stay unresolved", quote(s.id), n.Kind)
		return
	}
	s.deployment.Parameters = map[string]*source.Node{}
	for _, f := range n.Fields {
		if !f.Value.IsScalar() {
			as.problem(f.KeySpan, "the parameter %s of the stack %s must be a string; it stays unresolved", quote(f.Key), quote(s.id))
			continue
		}
		s.deployment.Parameters[f.Key] = f.Value
	}
}

// missing says why a file was not read, in words.
func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no such file; run cdk synth again")
	}
	return err
}

// quote quotes a text of the input for a message, cut to a length that leaves
// the message readable.
func quote(text string) string {
	const limit = 120
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "…"
	}
	return `"` + strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' {
			return '?'
		}
		return r
	}, text) + `"`
}
