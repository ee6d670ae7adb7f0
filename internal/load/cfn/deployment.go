package cfn

import (
	"maps"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// A Deployment is what is known of a root template beside its text: from the
// manifest that lists it, or from the format that it was compiled from. Where
// it is given, the files that AWS's own tools read (samconfig.toml, parameter
// files) are not asked; what the Options say of parameters still wins, and what
// they say of the place fills what it leaves open.
type Deployment struct {
	// Format and Name are those of the application.
	Format, Name string
	// Stack is the name of the stack; nil if it is not known.
	Stack *source.Node
	// Region and Account are the place; empty ones are not known.
	Region, Account string
	// Parameters are values for the template's parameters.
	Parameters map[string]*source.Node
	// Group names the templates that are deployed together: an import means
	// the export of its own group where several have the name. It is empty
	// where there are no groups.
	Group string
	// Files are those that say all this.
	Files []string

	// Inputs are names that the template refers to for values which nobody
	// knows before a deployment, of any kind.
	Inputs map[string]source.Span
	// Asked are further names that the command line may give a value.
	Asked map[string]bool
	// Open tells that something adds resources which nobody sees here, as the
	// format has said: a name that is not declared may be one of them.
	Open bool
	// From tells for each generated resource the setting that it was made from,
	// Labels what people call it where that is not its logical id.
	From, Labels map[string]string
}

// deploy sets up the root stack by what is known of its deployment.
func (s *stack) deploy(d *Deployment) {
	for _, f := range d.Files {
		s.files[f] = true
	}
	for name, at := range d.Inputs {
		if _, ok := s.params[name]; !ok {
			s.params[name] = value.NewUnresolved(name, at, nil)
		}
	}
	if d.Stack != nil {
		if t, ok := scalar(s.eval(d.Stack)); ok {
			s.name = t
		}
	}
}

// unseen reports whether a name that is not declared may be that of a resource
// which is not seen: one inside a module, or one that a plug-in adds.
func (s *stack) unseen(name string) bool {
	return s.tpl.Deployment != nil && s.tpl.Deployment.Open || s.inModule(name)
}

// made notes what generated resources were made from and what people call them.
func (s *stack) made(d *Deployment) {
	if s.generated == nil {
		s.generated = map[string]string{}
	}
	maps.Copy(s.generated, d.From)
	s.labels = d.Labels
}

// where is the place of an application; empty texts are not known.
type where struct{ region, account, partition string }

// where is the place of the deployment; d may be nil. An account or region
// that the deployment names is not the one of the options, which hold for
// every template of the scan.
func (d *Deployment) where(o Options) where {
	w := where{region: o.Region, account: o.Account, partition: o.Partition}
	if d == nil {
		return w
	}
	if d.Account != "" {
		w.account = d.Account
	}
	if d.Region != "" && (d.Region != w.region || w.partition == "") {
		w.region, w.partition = d.Region, partitionOf(d.Region)
	}
	return w
}

// partitionOf is the partition of a region, by the prefixes that AWS keeps for
// partitions of their own.
func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.Contains(region, "iso"), strings.HasPrefix(region, "eusc-"):
		return ""
	}
	return "aws"
}

// named are the exports that an import of the name can mean.
func (r *run) named(name string) []export {
	found, ok := r.meant[name]
	if !ok {
		if r.meant == nil {
			r.meant = map[string][]export{}
		}
		found = r.within(r.exports.byName[name])
		r.meant[name] = found
	}
	return found
}

// within leaves the exports that an import of the application can mean: none
// of another account or region, and its own group's before all others.
func (r *run) within(found []export) []export {
	differ := func(a, b string) bool { return a != "" && b != "" && a != b }
	var near, own []export
	for _, x := range found {
		if differ(x.from.where.account, r.where.account) || differ(x.from.where.region, r.where.region) {
			continue
		}
		near = append(near, x)
		if r.group != "" && x.from.group == r.group {
			own = append(own, x)
		}
	}
	if len(own) > 0 {
		return own
	}
	return near
}

// Uploads are local files, relative to the root, by the name of the object
// that they become in a bucket.
type Uploads map[string]string

// file is the local file that a location names by its last part, however the
// rest of the location is put together.
func (u Uploads) file(location *source.Node) (string, bool) {
	if len(u) == 0 || location == nil {
		return "", false
	}
	text := lastText(location)
	file, ok := u[text[strings.LastIndexByte(text, '/')+1:]]
	return file, ok
}

// lastText is the last string in a node.
func lastText(n *source.Node) string {
	for n != nil {
		switch {
		case n.Kind == source.StringNode:
			return n.Text
		case len(n.Items) > 0:
			n = n.Items[len(n.Items)-1]
		case len(n.Fields) > 0:
			n = n.Fields[len(n.Fields)-1].Value
		default:
			return ""
		}
	}
	return ""
}
