package sls

import (
	"github.com/remit-security/remit/internal/source"
)

// bucketEvent calls the function for what happens in a bucket: one that the
// event makes, or one that is there.
func (s *service) bucketEvent(f *function, e event, _ int) {
	bucket := e.main("bucket")
	if bucket == nil {
		s.missing(f, e, "bucket")
		return
	}
	when := first(e.get("event"), source.NewString("s3:ObjectCreated:*", e.span))
	if truthy(e.get("existing")) {
		s.existingBucket(f, e, bucket, when)
		return
	}
	key := shown(bucket)
	name, settings := bucket, s.setting("s3", key)
	if own := settings.Get("name"); truthy(own) {
		name = own
	}
	id := "S3Bucket" + alphaNumeric(key)
	permission := normal(f.key) + "LambdaPermission" + alphaNumeric(key) + "S3"
	r := s.made[id]
	if r == nil {
		props := obj(e.span, "BucketName", name)
		configs := source.NewMap(e.span, source.F("LambdaConfigurations", source.NewList(e.span)))
		if plain(settings) {
			for _, fl := range settings.Fields {
				switch p := upperFirst(fl.Key); p {
				case "Name":
				case "NotificationConfiguration":
					for _, c := range fl.Value.Fields {
						set(configs, c.Key, c.Value)
					}
				default:
					props.Fields = append(props.Fields, source.Field{Key: p, KeySpan: fl.KeySpan, Value: fl.Value})
				}
			}
		}
		set(props, "NotificationConfiguration", configs)
		r = s.add(e.span, f.from(), id, "AWS::S3::Bucket", props)
	}
	call := obj(e.span, "Event", when, "Function", f.target(e.span))
	if rules := items(e.get("rules")); len(rules) > 0 {
		all := source.NewList(e.span)
		for _, rule := range rules {
			if plain(rule) && len(rule.Fields) > 0 {
				all.Items = append(all.Items, obj(rule.Span, "Name", rule.Fields[0].Key, "Value", rule.Fields[0].Value))
			}
		}
		set(call, "Filter", obj(e.span, "S3Key", obj(e.span, "Rules", all)))
	}
	if calls := r.props.Path("NotificationConfiguration", "LambdaConfigurations"); isList(calls) && s.spend(0, e.span) {
		calls.Items = append(calls.Items, call)
	}
	r.depend(permission, f.aliasID)
	p := s.allow(f, permission, e.span, "s3.amazonaws.com", cat(e.span, "arn:", ref(e.span, "AWS::Partition"), ":s3:::", name))
	set(p.props, "SourceAccount", ref(e.span, "AWS::AccountId"))
}

// existingBucket sets the notifications of a bucket that is there by a custom
// resource, which during deployment gives the permission, too.
func (s *service) existingBucket(f *function, e event, bucket, when *node) {
	id := normal(f.key) + "CustomS31"
	rules := source.NewList(e.span)
	for _, rule := range items(e.get("rules")) {
		if plain(rule) && len(rule.Fields) > 0 {
			rules.Items = append(rules.Items, obj(rule.Span, startCase(rule.Fields[0].Key), rule.Fields[0].Value))
		}
	}
	config := obj(e.span, "Event", when, "Rules", rules)
	if r := s.made[id]; r != nil {
		configs := r.props.Get("BucketConfigs")
		configs.Items = append(configs.Items, config)
		return
	}
	partition := ref(e.span, "AWS::Partition")
	where := cat(e.span, "arn:", partition, ":s3:::", bucket)
	handler := s.handler(e.span, handlerBucket, allowed(e.span, []string{"s3:PutBucketNotification", "s3:GetBucketNotification"}, where))
	if !s.noted["handler bucket"] {
		s.noted["handler bucket"] = true
		s.handler(e.span, handlerBucket, allowed(e.span, []string{"lambda:AddPermission", "lambda:RemovePermission"}, arn(e.span, "lambda", "function:*")))
	}
	s.add(e.span, f.from(), id, "Custom::S3", obj(e.span, "ServiceToken", getAtt(e.span, handler, "Arn"), "FunctionName", f.name,
		"BucketName", bucket, "BucketConfigs", list(e.span, config)), f.id, f.aliasID, handler)
	s.handedOver(f, e, "LambdaPermissionExistingS3", "s3.amazonaws.com", where)
}

// handedOver is the permission that a handler gives during deployment: no
// resource of the framework's template, but as real as one.
func (s *service) handedOver(f *function, e event, id, principal string, sourceARN *node) {
	id = normal(f.key) + id
	if s.made[id] != nil {
		return
	}
	p := s.allow(f, id, e.span, principal, sourceARN)
	if principal == "s3.amazonaws.com" {
		set(p.props, "SourceAccount", ref(e.span, "AWS::AccountId"))
	}
}
