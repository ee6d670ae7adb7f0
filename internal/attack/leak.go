package attack

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// Secrets in what whoever may look at a resource is shown: the environment of a
// function or a build, the start-up script of an instance.

// A setting is what a resource is configured with and may hold secrets.
type setting struct {
	path    []string // the property
	noun    string   // "start-up script"
	actions []string // each shows it; those on the resource's effects aside
}

// settingsOf are the settings of a type that may hold secrets.
//
// Source: the pages of each service in the service authorization reference, and
// the answers of the calls in its API reference.
func settingsOf(typ string) (setting, bool) {
	switch typ {
	case "AWS::Lambda::Function":
		return setting{[]string{"Environment"}, "environment", []string{"lambda:ListFunctions", "lambda:ListVersionsByFunction"}}, true
	case "AWS::EC2::Instance":
		return setting{[]string{"UserData"}, "start-up script", []string{"ec2:DescribeInstanceAttribute"}}, true
	case "AWS::EC2::LaunchTemplate":
		return setting{[]string{"LaunchTemplateData", "UserData"}, "start-up script", []string{"ec2:DescribeLaunchTemplateVersions"}}, true
	case "AWS::AutoScaling::LaunchConfiguration":
		return setting{[]string{"UserData"}, "start-up script", []string{"autoscaling:DescribeLaunchConfigurations"}}, true
	case "AWS::CodeBuild::Project":
		return setting{[]string{"Environment"}, "environment", []string{"codebuild:BatchGetProjects"}}, true
	case "AWS::ECS::TaskDefinition":
		return setting{[]string{"ContainerDefinitions"}, "environment", []string{"ecs:DescribeTaskDefinition"}}, true
	case "AWS::Batch::JobDefinition":
		return setting{[]string{"ContainerProperties"}, "environment", []string{"batch:DescribeJobDefinitions"}}, true
	case "AWS::AppRunner::Service":
		return setting{[]string{"SourceConfiguration"}, "environment", []string{"apprunner:DescribeService"}}, true
	case "AWS::Glue::Job":
		return setting{[]string{"DefaultArguments"}, "arguments", []string{"glue:GetJob", "glue:GetJobs", "glue:BatchGetJobs"}}, true
	case "AWS::ElasticBeanstalk::Environment":
		return setting{[]string{"OptionSettings"}, "options", []string{"elasticbeanstalk:DescribeConfigurationSettings"}}, true
	}
	return setting{}, false
}

var leakedKey = &Technique{
	ID: "leaked-key", Title: "Use an access key that lies where it can be read",
	Doc: "A long-lived key of a user in the environment of a function or a build, in the start-up script of an instance, in a parameter, an object or a table " +
		"outlives what it was made for and every rotation of roles. Give what needs it a role.",
	Needs: []string{"to read what holds the key", "a user's access key in it"}, Gives: "act as the user",
	Refs:       Refs{ATTACK: []string{"T1552.001"}, CWE: []string{"CWE-798"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, r := range b.resources {
			for _, k := range b.keysIn(r) {
				in, at := b.keptIn(r)
				for _, from := range at {
					h := hop{by: t, from: []Capability{from}, to: Capability{Kind: KindCreds, Of: k.user.ID},
						why: "a key of " + k.user.Label() + " stands in " + in, evidence: evidence(k.span, "the key of "+k.user.Label()+" is put there")}
					if r.Type != "AWS::SecretsManager::Secret" {
						h.weak = []Weakness{fault(WeakSecretInEnv, r.ID, "key", k.span, 3, "a user's key stands in "+in,
							"give what uses "+in+" a role in the place of the key of "+k.user.Label())}
					}
					conditional(&h, r, k.user)
					b.add(h)
				}
			}
		}
	},
}

// keptIn is where a resource keeps what it is given, in words, and what lets
// somebody read it.
func (b *building) keptIn(r *app.Resource) (string, []Capability) {
	if s, ok := settingsOf(r.Type); ok {
		out := []Capability{{Kind: KindEnv, Of: r.ID}}
		if r.Type == "AWS::Lambda::Function" {
			out = append(out, Capability{Kind: KindExec, Of: r.ID})
		}
		return "the " + s.noun + " of " + r.Label(), out
	}
	within := func(property, typ string) (string, []Capability) {
		in, _ := r.App.Lookup(r.Get(property), typ)
		if in == nil {
			return "", nil
		}
		return in.Label(), []Capability{{Kind: KindRead, Of: in.ID}}
	}
	switch r.Type {
	case "AWS::SSM::Parameter", "AWS::SecretsManager::Secret":
		return r.Label(), []Capability{{Kind: KindRead, Of: r.ID}}
	case "aws_s3_object", "aws_s3_bucket_object":
		return within("bucket", "AWS::S3::Bucket")
	case "aws_dynamodb_table_item":
		return within("table_name", "AWS::DynamoDB::Table")
	}
	return "", nil
}

// A kept key is a user's access key that a resource is given.
type keptKey struct {
	user *app.Resource
	span source.Span
}

// keysIn are the access keys whose secret part stands in a resource's
// properties, by their users.
func (b *building) keysIn(r *app.Resource) []keptKey {
	var out []keptKey
	r.Props.Walk(func(v *value.Value) bool {
		for _, ref := range v.Refs() {
			key := b.project.Resource(ref.Resource)
			if key == nil || key.Type != "AWS::IAM::AccessKey" || ref.Attr != "SecretAccessKey" {
				continue
			}
			user, _ := key.App.Lookup(key.Get("UserName"), "AWS::IAM::User")
			if user != nil && b.identityAt[user.ID] != nil && !slices.ContainsFunc(out, func(k keptKey) bool { return k.user == user }) {
				out = append(out, keptKey{user, v.Span()})
			}
		}
		return true
	})
	return out
}

var readSettings = &Technique{
	ID: "read-settings", Title: "Read the secrets that a resource is configured with",
	Doc: "Lists and descriptions show more than names: lambda:ListFunctions the environment of every function, ec2:DescribeInstanceAttribute the start-up script of an " +
		"instance, ecs:DescribeTaskDefinition and codebuild:BatchGetProjects the variables of containers and builds. Read-only policies allow them all. " +
		"Keep secrets in Secrets Manager, and let what needs them read them by its role.",
	Needs: []string{"an identity's credentials", "an action that shows how the resource is configured", "a secret there"}, Gives: "the secrets in it",
	Refs: Refs{ATTACK: []string{"T1552.001", "T1580"}, CWE: []string{"CWE-522", "CWE-526"},
		AWS: []string{"https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html", "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"}},
	Difficulty: 1,
	apply: func(b *building, t *Technique) {
		for _, r := range b.resources {
			s, ok := settingsOf(r.Type)
			if !ok || !b.holdsSecrets(r) {
				continue
			}
			for _, class := range b.classes() {
				for _, action := range s.actions {
					b.showsSettings(t, r, &s, action, class)
				}
			}
		}
	},
}

// showsSettings adds that an action shows the identities of a class what a
// resource is configured with.
func (b *building) showsSettings(t *Technique, r *app.Resource, s *setting, action string, class []*identity) {
	if !b.reachOf(class[0]).may(action) {
		return
	}
	arn := arnOf(r)
	known, ok := catalogue.ActionOf(action)
	whole := ok && !known.ResourceLevel()
	if whole || arn.IsEmpty() {
		arn = value.Lit("*")
	}
	ask := func(id *identity) answer { return b.may(id, query{action: action, arn: arn, on: r}) }
	ans := ask(class[0])
	if ans.holds == value.No || len(ans.statements) == 0 {
		return
	}
	for _, one := range b.answers(class[0], ans, ask, action) {
		b.settingsHops(t, r, s, action, class, one, whole)
	}
}

func (b *building) settingsHops(t *Technique, r *app.Resource, s *setting, action string, class []*identity, ans answer, whole bool) {
	for _, id := range class {
		m := class[0].in(id, ans.statements[0])
		h := hop{by: t, from: []Capability{{Kind: KindCreds, Of: id.ID}}, to: Capability{Kind: KindEnv, Of: r.ID},
			why: b.who(id) + " may read the " + s.noun + " of " + r.Label() + " (" + action + ")", evidence: []Evidence{b.statementEvidence(id, m, action)}}
		b.answered(&h, ans)
		if at := id.attachmentOf(m); at != nil {
			unsure(&h, at.sure, at.name+" is attached to "+id.Label())
			if whole || b.wideResource(m.Statement, r) {
				h.weak = append(h.weak, b.policyWeakness(id, at, m, action, whole))
			}
		}
		for _, w := range b.settingsWeakness(r) {
			h.weak, h.evidence = append(h.weak, w), append(h.evidence, Evidence{w.Span, w.Title})
		}
		conditional(&h, r, id.Resource)
		b.add(h)
	}
}

// holdsSecrets tells whether what a resource is configured with holds a secret,
// or a user's key.
func (b *building) holdsSecrets(r *app.Resource) bool {
	held, ok := b.holding[r]
	if !ok {
		held = b.hasSecrets(r.ID) || len(b.keysIn(r)) > 0
		b.holding[r] = held
	}
	return held
}

// settingsWeakness is that secrets are written into a resource's settings.
func (b *building) settingsWeakness(r *app.Resource) []Weakness {
	if fn := b.functionAt[r.ID]; fn != nil {
		var names []string
		vars := secretVariables(fn)
		if len(vars) == 0 {
			return nil
		}
		for _, v := range vars {
			names = append(names, v.Name)
		}
		return []Weakness{secretWeakness(fn, names, Evidence{Span: vars[0].Span})}
	}
	s, _ := settingsOf(r.Type)
	what, span := b.writtenSecrets(r)
	if len(what) == 0 {
		return nil
	}
	return []Weakness{fault(WeakSecretInEnv, r.ID, "", span, 3, "secrets stand in the "+s.noun+" of "+r.Label()+" ("+strings.Join(what, ", ")+")",
		"move "+strings.Join(what, ", ")+" of "+r.Label()+" to Secrets Manager")}
}

// writtenSecrets says what sorts of secrets are written out in a resource's
// settings, never their values, and where.
func (f *facts) writtenSecrets(r *app.Resource) (what []string, at source.Span) {
	s, ok := settingsOf(r.Type)
	if !ok || r.Type == "AWS::Lambda::Function" {
		return nil, at
	}
	note := func(list []string, span source.Span) {
		for _, w := range list {
			if !slices.Contains(what, w) {
				what = append(what, w)
			}
			if at.IsZero() {
				at = span
			}
		}
	}
	r.Get(s.path...).Walk(func(v *value.Value) bool {
		for _, names := range [][2]string{{"Name", "Value"}, {"name", "value"}} {
			name, named := v.Get(names[0]).Known()
			if secret, ok := v.Get(names[1]).Known(); named && ok && v.Get("Type").OneOf("SECRETS_MANAGER", "PARAMETER_STORE") != value.Yes {
				note(secretsIn(name+"="+secret), v.Get(names[1]).Span())
			}
		}
		if v.Kind() == value.String {
			note(secretsIn(decoded(v.Str())), v.Span())
		}
		return true
	})
	return what, at
}

// decoded is a text that stands in Base64, as start-up scripts do; any other
// text is itself.
func decoded(s string) string {
	if raw, err := base64.StdEncoding.DecodeString(s); err == nil && utf8.Valid(raw) {
		return string(raw)
	}
	return s
}

// secretsIn says what sorts of secrets a script, or a list of assignments, holds.
func secretsIn(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, word := range strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t\"'`;,(){}", c) }) {
			if name, ok := secretAssignment(word); ok {
				out = append(out, name)
			}
			if i := strings.Index(word, "://"); i >= 0 {
				if userinfo, _, ok := strings.Cut(word[i+3:], "@"); ok && !strings.ContainsAny(userinfo, "/$") {
					if _, password, ok := strings.Cut(userinfo, ":"); ok && password != "" {
						out = append(out, "a password in an address")
					}
				}
			}
			if accessKey(word) {
				out = append(out, "an access key")
			}
		}
		if strings.Contains(line, "chpasswd") && strings.Contains(line, ":") {
			out = append(out, "a password of the system")
		}
	}
	return out
}

// secretAssignment is the name of a variable whose name says that it holds a
// secret, and that is given one.
func secretAssignment(word string) (string, bool) {
	name, text, ok := strings.Cut(word, "=")
	if !ok || len(text) < 8 || strings.ContainsAny(text, "${}<>") || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "arn:") || strings.HasPrefix(text, "http") {
		return "", false
	}
	return name, secretName(name)
}

// accessKey tells whether a word holds the id of a long-lived access key.
func accessKey(word string) bool {
	i := strings.Index(word, "AKIA")
	if i < 0 || len(word) < i+20 {
		return false
	}
	return strings.Trim(word[i:i+20], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" && !strings.Contains(word, "EXAMPLE")
}
