package sls

import (
	"regexp"

	"github.com/remit-security/remit/internal/source"
)

// sections of a template that the service may write under resources.
var templateKeys = words("AWSTemplateFormatVersion Conditions Description Mappings Metadata Outputs Parameters Resources Rules Transform extensions")

// assemble writes the template: what was generated, the service's own
// resources over it, and extensions over both.
func (s *service) assemble() *node {
	span := s.root.Span
	resources := source.NewMap(span)
	for _, id := range s.order {
		r := s.made[id]
		resources.Fields = append(resources.Fields, source.Field{Key: id, KeySpan: r.span, Value: r.tree()})
	}
	doc := source.NewMap(span, source.F("AWSTemplateFormatVersion", source.NewString("2010-09-09", span)),
		source.F("Resources", resources))
	if len(s.outputs) > 0 {
		doc.Fields = append(doc.Fields, source.F("Outputs", source.NewMap(span, s.outputs...)))
	}
	own := s.merged("resources")
	switch {
	case own == nil:
		return s.export(doc)
	case !plain(own):
		s.unread(own, "resources")
		return s.export(doc)
	}
	s.known(own, "resources", templateKeys)
	extensions := own.Get("extensions")
	own = own.Without("extensions")
	for _, key := range []string{"Resources", "Outputs", "Conditions", "Mappings", "Parameters"} {
		if n := own.Get(key); n != nil && !plain(n) {
			if !isNone(n) {
				s.unread(n, "resources."+key)
			}
			own = own.Without(key)
		}
	}
	doc = merge(doc, own)
	return s.export(s.extend(doc, extensions))
}

// export gives the outputs that name no export the one that the framework
// gives them, by which other stacks import them.
func (s *service) export(doc *node) *node {
	outputs := doc.Get("Outputs")
	if !plain(outputs) || truthy(s.setting("disableDefaultOutputExportNames")) {
		return doc
	}
	all := *outputs
	all.Fields = append([]source.Field(nil), outputs.Fields...)
	for i, f := range all.Fields {
		if plain(f.Value) && isNone(f.Value.Get("Export")) {
			name := joinedBy(f.KeySpan, "-", "sls", s.name, s.stage, f.Key)
			all.Fields[i].Value = f.Value.With("Export", obj(f.KeySpan, "Name", name))
		}
	}
	return doc.With("Outputs", &all)
}

// extend puts the service's extensions over resources that are there.
func (s *service) extend(doc, extensions *node) *node {
	if isNone(extensions) {
		return doc
	}
	if !plain(extensions) {
		s.unread(extensions, "resources.extensions")
		return doc
	}
	resources := *doc.Get("Resources")
	resources.Fields = append([]source.Field(nil), resources.Fields...)
	at := map[string]int{}
	for i, f := range resources.Fields {
		at[f.Key] = i
	}
	for _, e := range extensions.Fields {
		i, ok := at[e.Key]
		if !ok {
			s.problem(e.KeySpan, "the extension %s names no resource of the service; correct its name", e.Key)
			continue
		}
		r := resources.Fields[i].Value
		if !plain(e.Value) {
			s.unread(e.Value, "the extension "+e.Key)
			continue
		}
		for _, f := range e.Value.Fields {
			switch f.Key {
			case "Properties", "Metadata": // key by key, and no deeper
				if old := r.Get(f.Key); plain(old) && plain(f.Value) {
					r = r.With(f.Key, s.overlay(old, f.Value))
				} else {
					r = r.With(f.Key, f.Value)
				}
			case "DependsOn":
				all := append(append([]*node(nil), items(r.Get("DependsOn"))...), items(f.Value)...)
				r = r.With("DependsOn", source.NewList(f.KeySpan, all...))
			default:
				r = r.With(f.Key, f.Value)
			}
		}
		resources.Fields[i].Value = r
	}
	return doc.With("Resources", &resources)
}

// fourth matches versions of the framework from the fourth on.
var fourth = regexp.MustCompile(`^[\^~>= v]*(4|5|6)\b`)

func (s *service) version4() bool { return fourth.MatchString(text(s.root.Get("frameworkVersion"))) }

// deploymentBucket is the bucket that the framework uploads code to, unless
// the service names one. From version 4 on it is no part of the stack.
func (s *service) deploymentBucket() {
	n := s.setting("deploymentBucket")
	if s.version4() {
		return
	}
	if n != nil && (!plain(n) || truthy(n.Get("name"))) {
		return
	}
	span := spanOf(n, s.provider.Span)
	id := "ServerlessDeploymentBucket"
	props := obj(span, "BucketEncryption", obj(span, "ServerSideEncryptionConfiguration", list(span,
		obj(span, "ServerSideEncryptionByDefault", obj(span, "SSEAlgorithm", "AES256")))))
	set(props, "Tags", s.tagList(n.Get("tags")))
	if truthy(n.Get("blockPublicAccess")) {
		set(props, "PublicAccessBlockConfiguration", obj(span, "BlockPublicAcls", true, "BlockPublicPolicy", true,
			"IgnorePublicAcls", true, "RestrictPublicBuckets", true))
	}
	if truthy(n.Get("versioning")) {
		set(props, "VersioningConfiguration", obj(span, "Status", "Enabled"))
	}
	s.add(span, "provider", id, "AWS::S3::Bucket", props)
	s.output("ServerlessDeploymentBucketName", ref(span, id))
	if truthy(n.Get("skipPolicySetup")) {
		return
	}
	bucket := cat(span, "arn:", ref(span, "AWS::Partition"), ":s3:::", ref(span, id))
	statement := obj(span, "Action", "s3:*", "Effect", "Deny", "Principal", "*", "Resource", list(span, cat(span, bucket, "/*"), bucket),
		"Condition", obj(span, "Bool", obj(span, "aws:SecureTransport", false)))
	s.add(span, "provider", id+"Policy", "AWS::S3::BucketPolicy", obj(span, "Bucket", ref(span, id),
		"PolicyDocument", obj(span, "Statement", list(span, statement))))
}

// tagList turns a map of tags into CloudFormation's list; nil for none.
func (s *service) tagList(maps ...*node) *node {
	all := s.overlay(maps...)
	if all == nil {
		return nil
	}
	if !plain(all) {
		return all
	}
	out := source.NewList(all.Span)
	for _, f := range all.Fields {
		out.Items = append(out.Items, obj(f.KeySpan, "Key", f.Key, "Value", f.Value))
	}
	return out
}

// overlay puts maps over each other, key by key and no deeper; nil if none is
// given. One that is no plain map hides what the others say: it is given back
// as it is, so that the value counts as unknown.
func (s *service) overlay(maps ...*node) *node {
	var out *node
	var at map[string]int
	for _, m := range maps {
		switch {
		case isNone(m):
			continue
		case !plain(m):
			return m
		case !s.spend(len(m.Fields), m.Span):
			return s.unknown("a map at "+m.Span.String(), m.Span)
		case out == nil:
			out, at = source.NewMap(m.Span), map[string]int{}
		}
		for _, f := range m.Fields {
			if i, ok := at[f.Key]; ok {
				out.Fields[i] = f
				continue
			}
			at[f.Key] = len(out.Fields)
			out.Fields = append(out.Fields, f)
		}
	}
	return out
}

// spend reports whether the template may repeat so many values more: what the
// provider says stands in every function.
func (s *service) spend(values int, at source.Span) bool {
	if s.total > 4*maxNodes {
		return false
	}
	if s.total += values + 1; s.total > 4*maxNodes {
		s.problem(at, "the template made from the service is too large; what repeats from here on stays unresolved")
		return false
	}
	return true
}
