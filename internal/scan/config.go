package scan

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/attack"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// ConfigName is the configuration file that a scanned folder may hold.
const ConfigName = ".remit.yaml"

// A Config is what a repository may say about its own scan. It comes with
// the sources and is trusted no more than they are: it holds data, never
// code, addresses or paths to read, and every ignore in it is counted.
type Config struct {
	// FailOn is the gate: critical, high, medium, low or none; empty where
	// the file does not say.
	FailOn string
	// Assets weigh resources by what they are worth.
	Assets  []Asset
	ignores []configIgnore
}

// An Asset gives a weight to the resources whose id or deployed name matches.
type Asset struct {
	Match  string // a glob over resource ids and names
	Weight string // one of Weights
	Span   source.Span
}

// Weights are what an asset may be worth, lightest first: 0 to 5 in the
// attack analysis.
var Weights = [...]string{"none", "low", "medium", "high", "very-high", "crown-jewel"}

// weights gives the assets' weights to the attack analysis.
func (c *Config) weights() []attack.AssetWeight {
	out := make([]attack.AssetWeight, 0, len(c.Assets))
	for _, a := range c.Assets {
		out = append(out, attack.AssetWeight{Match: a.Match, Weight: slices.Index(Weights[:], a.Weight)})
	}
	return out
}

// Severities are the gates that --fail-on and fail-on accept, mildest first.
var Severities = [...]string{"low", "medium", "high", "critical", "none"}

type configIgnore struct {
	rule, resource, until, reason string
	span                          source.Span
}

// ParseConfig reads a configuration file. What it does not understand is a
// problem and has no effect; the rest counts.
func ParseConfig(file string, data []byte, limits source.Limits) (*Config, []source.Problem) {
	c := &Config{}
	if len(strings.TrimSpace(string(data))) == 0 {
		return c, nil
	}
	n, problems := source.ParseYAML(file, data, limits)
	p := configParser{config: c}
	p.problems.Append(problems...)
	switch {
	case n == nil || n.Is(source.NullNode):
	case !n.Is(source.MapNode):
		p.problems.Add(n.Span, "the configuration must be a map with fail-on, assets or ignore")
	default:
		p.top(n)
	}
	return c, p.problems.Sorted()
}

type configParser struct {
	config   *Config
	problems source.Problems
}

func (p *configParser) top(n *source.Node) {
	for _, f := range n.Fields {
		switch f.Key {
		case "fail-on":
			if !slices.Contains(Severities[:], f.Value.Text) {
				p.problems.Add(f.Value.Span, "fail-on: %q is none of %s", f.Value.Text, strings.Join(Severities[:], ", "))
				continue
			}
			p.config.FailOn = f.Value.Text
		case "assets":
			p.each(f, func(item *source.Node) { p.asset(item) })
		case "ignore":
			p.each(f, func(item *source.Node) { p.ignore(item) })
		default:
			p.problems.Add(f.KeySpan, "remit knows no setting %q; it knows fail-on, assets and ignore", f.Key)
		}
	}
}

func (p *configParser) each(f source.Field, use func(*source.Node)) {
	if !f.Value.Is(source.ListNode) {
		p.problems.Add(f.Value.Span, "%s must be a list", f.Key)
		return
	}
	for _, item := range f.Value.Items {
		use(item)
	}
}

// texts reads a map whose values are all scalars; keys are those allowed. An
// entry that is not understood whole gives nil and does not count.
func (p *configParser) texts(n *source.Node, what string, keys ...string) map[string]string {
	if !n.Is(source.MapNode) {
		p.problems.Add(n.Span, "each entry of %s must be a map with %s", what, strings.Join(keys, ", "))
		return nil
	}
	out, wrong := map[string]string{}, false
	for _, f := range n.Fields {
		switch {
		case !slices.Contains(keys, f.Key):
			wrong = true
			p.problems.Add(f.KeySpan, "an entry of %s has no %q and does not count; it has %s", what, f.Key, strings.Join(keys, ", "))
		case !f.Value.IsScalar():
			wrong = true
			p.problems.Add(f.Value.Span, "%s must be text; the entry does not count", f.Key)
		default:
			out[f.Key] = f.Value.Text
		}
	}
	if wrong {
		return nil
	}
	return out
}

func (p *configParser) asset(n *source.Node) {
	m := p.texts(n, "assets", "match", "weight")
	switch {
	case m == nil:
	case m["match"] == "":
		p.problems.Add(n.Span, "an asset needs match: a pattern over resource ids or names, such as \"*Payments*\"")
	case !slices.Contains(Weights[:], m["weight"]):
		p.problems.Add(n.Span, "the weight of an asset is one of %s", strings.Join(Weights[:], ", "))
	default:
		p.config.Assets = append(p.config.Assets, Asset{Match: m["match"], Weight: m["weight"], Span: n.Span})
	}
}

func (p *configParser) ignore(n *source.Node) {
	m := p.texts(n, "ignore", "rule", "resource", "until", "reason")
	switch {
	case m == nil:
	case m["rule"] == "":
		p.problems.Add(n.Span, "an ignore needs rule: the id of the rule whose findings it covers")
	default:
		p.config.ignores = append(p.config.ignores, configIgnore{m["rule"], m["resource"], m["until"], m["reason"], n.Span})
	}
}

// join adds the configuration of one of several folders, whose name ids
// start with; name is empty where there is only one.
func (c *Config) join(from *Config, name string) {
	if c.FailOn == "" || from.FailOn != "" && strictness(from.FailOn) < strictness(c.FailOn) {
		c.FailOn = from.FailOn
	}
	if name != "" {
		name += "/"
	}
	for _, a := range from.Assets {
		match := a.Match
		if name != "" && !strings.Contains(match, "/") {
			a.Match = name + "*/" + match // a logical id of that folder
			c.Assets = append(c.Assets, a)
		}
		a.Match = name + match
		c.Assets = append(c.Assets, a)
	}
	for _, g := range from.ignores {
		if name != "" && g.resource == "" {
			g.resource = "*"
		}
		if g.resource != "" {
			g.resource = name + g.resource
		}
		c.ignores = append(c.ignores, g)
	}
}

// strictness orders gates; the strictest comes first.
func strictness(gate string) int { return slices.Index(Severities[:], gate) }

// addTo hands the file's ignores to the set. One without a resource covers
// all findings of its rule.
func (c *Config) addTo(set *ignores) {
	for _, g := range c.ignores {
		pattern := g.resource
		set.keep(&ignore{rule: g.rule, reason: g.reason, span: g.span, covers: func(f *rule.Finding) bool {
			return pattern == "" || matches(pattern, f.Resource.ID)
		}}, g.until)
	}
}

// matches reports whether a pattern with * and ? covers a text.
func matches(pattern, text string) bool {
	return value.Lit(pattern).Glob(value.Lit(text)) == value.Yes
}
