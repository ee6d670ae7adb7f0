package cfn

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// A Deployment is what a file beside a root template says of its deployment.
// Where it is given, no other file is asked; what the Options say of
// parameters still wins, and what they say of the place fills what it leaves
// open.
type Deployment struct {
	// Format is that of the application.
	Format string
	// Stack is the name of the stack.
	Stack string
	// Region and Account are the place; empty ones are not known.
	Region, Account string
	// Parameters are values for parameters, given at Span.
	Parameters map[string]string
	Span       source.Span
	// Group names the templates that are deployed together: an import means
	// the export of its own group where several have the name.
	Group string
	// Files are those that say all this.
	Files []string
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
		if r.deployment != nil && x.from.deployment != nil && x.from.deployment.Group == r.deployment.Group {
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
