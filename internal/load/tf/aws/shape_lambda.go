package aws

import (
	slash "path"
	"strings"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load/tf/lang"
	"github.com/remit-security/remit/internal/value"
)

var lambdaShapes = map[string]shape{
	"aws_lambda_function":                 functionShape,
	"aws_lambda_layer_version":            func(s *shaping) { s.localCode("Content") },
	"aws_lambda_layer_version_permission": layerPermissionShape,
	"aws_lambda_permission":               permissionShape,
	"aws_lambda_function_url":             urlShape,
	"aws_lambda_event_source_mapping":     eventSourceShape,
}

func functionShape(s *shaping) {
	s.localCode("Code")
	if v := s.arg("reserved_concurrent_executions"); v.value.Exists() != value.No {
		shared := each(v.value, func(c *value.Value) *value.Value {
			if n, ok := c.Int(); ok && n < 0 { // -1: none are reserved
				return value.NewAbsent(c.Span())
			}
			return c
		})
		if shared.Kind() != value.Absent {
			s.put([]string{"ReservedConcurrentExecutions"}, v.span, shared)
		}
	}
	if v := s.props.Get("VpcConfig", "SubnetIds"); v.Kind() == value.List && v.Len() == 0 {
		s.props = without(s.props, "VpcConfig") // empty lists stand for no VPC
	}
}

// localCode tells the asset that the code is: the folder or file that an
// archive is made of, or the archive itself, which also stands where a template
// that is not yet packaged has it. What an archive holds as text is the code
// itself.
func (s *shaping) localCode(key string) {
	f := s.arg("filename")
	if f.value.Exists() == value.No {
		s.asset(key+".S3Key", s.archived(s.uploaded()))
		return
	}
	s.props = without(s.props, key)
	code := each(f.value, s.archived)
	s.put([]string{key}, f.span, code)
	s.asset(key, code)
}

// asset notes the local file or folder that a property stands for, where it is
// known and lies below the scanned root.
func (s *shaping) asset(property string, local *value.Value) {
	text, ok := local.Known()
	if !ok || local.Kind() != value.String || text == "" || slash.IsAbs(text) || s.options.Dir == "" {
		return
	}
	p := slash.Join(s.options.Dir, text)
	if p == ".." || strings.HasPrefix(p, "../") {
		return
	}
	s.assets[s.in.ID] = append(s.assets[s.in.ID], app.Asset{Property: property, Path: p})
}

// uploaded is the file that the configuration uploads to where the code lies.
func (s *shaping) uploaded() *value.Value {
	bucket, key := s.in.Attrs.Get("s3_bucket").Text(), s.in.Attrs.Get("s3_key").Text()
	if key.IsEmpty() {
		return nil
	}
	if s.objects == nil {
		s.objects = map[string]*value.Value{}
		for _, typ := range []string{"aws_s3_object", "aws_s3_bucket_object"} {
			for _, in := range s.ofType[typ] {
				if v := in.Attrs.Get("source"); !in.Data && v.Exists() != value.No {
					s.objects[in.Attrs.Get("bucket").Text().String()+"\x00"+in.Attrs.Get("key").Text().String()] = v
				}
			}
		}
	}
	return s.objects[bucket.String()+"\x00"+key.String()]
}

// archived is what an archive is made of, where a data source makes it.
func (s *shaping) archived(file *value.Value) *value.Value {
	if file == nil {
		return nil
	}
	in := s.whole(file)
	if in == nil || in.Type != "archive_file" {
		in = s.archives()[archiveKey(file.Text())]
	}
	if in == nil {
		return file
	}
	for _, arg := range []string{"source_dir", "source_file"} {
		if v := in.Attrs.Get(arg); v.Exists() != value.No {
			return v.At(file.Span())
		}
	}
	if v := in.Attrs.Get("source_content"); v.Exists() != value.No {
		return value.NewMap([]value.Field{{Key: "ZipFile", KeySpan: file.Span(), Value: v}}, file.Span())
	}
	if files := in.Attrs.Get("source"); files.Kind() == value.List && files.Len() == 1 {
		if v := files.Items()[0].Get("content"); v.Exists() != value.No {
			return value.NewMap([]value.Field{{Key: "ZipFile", KeySpan: file.Span(), Value: v}}, file.Span())
		}
	}
	return file
}

// archives are the archives that the configuration makes, by their path.
func (s *shaping) archives() map[string]*lang.Instance {
	if s.outputs == nil {
		s.outputs = map[string]*lang.Instance{}
		for _, in := range s.ofType["archive_file"] {
			if key := archiveKey(in.Attrs.Get("output_path").Text()); key != "" {
				s.outputs[key] = in
			}
		}
	}
	return s.outputs
}

// archiveKey is a path in the form in which equal ones are equal.
func archiveKey(t value.Text) string {
	if t.IsEmpty() {
		return ""
	}
	return slash.Clean(t.String())
}

// permissionShape puts the qualifier behind the function's name, where
// CloudFormation has it.
func permissionShape(s *shaping) {
	q := s.arg("qualifier")
	if q.value.Exists() == value.No {
		return
	}
	f := s.arg("function_name")
	s.put([]string{"FunctionName"}, f.span, s.qualified(f.value, q.value))
}

// qualified is a function with an alias or version of it.
func (s *shaping) qualified(function, qualifier *value.Value) *value.Value {
	text := value.Concat(function.Text(), value.Lit(":"), qualifier.Text())
	if in := s.whole(qualifier); in != nil && in.Type == "aws_lambda_alias" {
		ref, _ := qualifier.Ref()
		return value.NewRef(text, function.Span(), value.Ref{Resource: ref.Resource, Attr: "Ref"})
	}
	return value.NewText(text, function.Span(), append(function.Refs(), qualifier.Refs()...)...)
}

// urlShape makes the permission that the provider adds to a URL without
// authorisation.
func urlShape(s *shaping) {
	auth := s.arg("authorization_type")
	open := auth.value.Is("NONE")
	if open == value.No {
		return
	}
	function := s.props.Get("TargetFunctionArn")
	if q := s.props.Get("Qualifier"); q.Exists() != value.No {
		function = s.qualified(function, q)
	}
	at := auth.value.Span()
	lit := func(key, text string) value.Field {
		return value.Field{Key: key, KeySpan: at, Value: value.NewText(value.Lit(text), at)}
	}
	r := s.more("permission", "AWS::Lambda::Permission", value.NewMap([]value.Field{
		{Key: "FunctionName", KeySpan: function.Span(), Value: function},
		lit("Action", "lambda:InvokeFunctionUrl"), lit("Principal", "*"), lit("FunctionUrlAuthType", "NONE"),
	}, at))
	r.Exists = r.Exists.And(open)
}

// eventSourceShape parts the list of Kafka's brokers.
func eventSourceShape(s *shaping) {
	endpoints := one(s.in.Attrs.Get("self_managed_event_source")).Get("endpoints", "KAFKA_BOOTSTRAP_SERVERS")
	if endpoints.Exists() == value.No {
		return
	}
	list := each(endpoints, func(c *value.Value) *value.Value {
		var items []*value.Value
		for _, t := range c.Text().Split(',', -1) {
			items = append(items, value.NewText(t.Map(strings.TrimSpace), c.Span(), c.Refs()...))
		}
		return value.NewList(items, c.Span())
	})
	s.put([]string{"SelfManagedEventSource", "Endpoints", "KafkaBootstrapServers"}, endpoints.Span(), list)
}

// layerPermissionShape makes the ARN of a layer's version, of which the layer
// may be given by name or ARN.
func layerPermissionShape(s *shaping) {
	layer, version := s.arg("layer_name"), s.arg("version_number")
	if in := s.named(layer.value, "aws_lambda_layer_version", value.Yes); len(in) == 1 && s.whole(version.value) == in[0].in {
		s.put([]string{"LayerVersionArn"}, layer.span, s.Attribute(in[0].in, "arn", layer.value.Span()))
		return
	}
	for _, v := range []*value.Value{version.value, layer.value} {
		for _, ref := range v.Refs() {
			if in := s.byID[ref.Resource]; in != nil && in.Type == "aws_lambda_layer_version" {
				s.put([]string{"LayerVersionArn"}, layer.span, s.Attribute(in, "arn", layer.value.Span()))
				return
			}
		}
	}
	arn := layer.value.Text()
	if arn.HasPrefix("arn:") == value.No {
		arn = value.Concat(arnHead(s.in.Place, "lambda"), value.Lit("layer:"), arn)
	}
	s.put([]string{"LayerVersionArn"}, layer.span, value.NewText(value.Concat(arn, value.Lit(":"), version.value.Text()), layer.value.Span()))
}
