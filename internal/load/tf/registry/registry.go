// Package registry owns what remit knows of modules that applications take from
// the Terraform registry: for the well-known serverless ones, which resources
// they create from which inputs, written in Terraform's own language
// (modules/*.tf).
//
// It imports nothing of remit. A sketch is no copy of the module that it stands
// for: it has the inputs that decide about resources, permissions and exposure,
// and the outputs that other code refers to, of every major version at once. An
// input that a sketch does not declare is reported as not read.
package registry

import (
	"embed"
	"path"
	"regexp"
	"strings"
)

//go:embed modules/*.tf
var modules embed.FS

// address is a module in Terraform's public registry, or in the repository
// that the registry publishes it from.
var address = regexp.MustCompile(`^(?:(?:registry\.terraform\.io/|registry\.opentofu\.org/)?terraform-aws-modules/([a-z0-9-]+)/aws|` +
	`(?:git::)?(?:https://|ssh://git@|git@)?github\.com[/:]terraform-aws-modules/terraform-aws-([a-z0-9-]+?)(?:\.git)?)$`)

// Module returns the sketch of a module; false for one that remit does not
// know. source is the address as written without what follows "//", which is
// submodule.
func Module(source, submodule string) (text []byte, known bool) {
	source, _, _ = strings.Cut(source, "?")
	submodule, _, _ = strings.Cut(submodule, "?")
	m := address.FindStringSubmatch(source)
	if m == nil {
		return nil, false
	}
	name := m[1] + m[2]
	if submodule != "" {
		name += "." + path.Base(submodule)
	}
	text, err := modules.ReadFile("modules/" + name + ".tf")
	return text, err == nil
}
