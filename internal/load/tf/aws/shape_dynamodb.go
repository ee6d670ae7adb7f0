package aws

import "github.com/remit-security/remit/internal/value"

var tableShapes = map[string]shape{"aws_dynamodb_table": dynamoTable}

// dynamoTable makes key schemas of keys, and tells whether there is a stream.
func dynamoTable(s *shaping) {
	if schema := keySchema(s.in.Attrs); schema != nil {
		s.put([]string{"KeySchema"}, schema.Span(), schema)
	}
	s.indexSchemas("global_secondary_index", "GlobalSecondaryIndexes", nil)
	s.indexSchemas("local_secondary_index", "LocalSecondaryIndexes", s.in.Attrs.Get("hash_key"))

	enabled := s.arg("stream_enabled")
	stream := fieldOf(s.props, "StreamSpecification")
	switch on := enabled.value.IsTrue(); {
	case on == value.Yes && stream == nil:
		s.put([]string{"StreamSpecification"}, enabled.span, value.NewMap(nil, enabled.value.Span()))
	case on == value.No:
		s.props = without(s.props, "StreamSpecification")
	case on == value.Unknown:
		if stream == nil {
			stream = value.NewMap(nil, enabled.value.Span())
		}
		s.put([]string{"StreamSpecification"}, enabled.span,
			value.NewUnresolved(enabled.value.Why(), enabled.value.Span(), enabled.value.Refs(), stream, value.NewAbsent(enabled.value.Span())))
	}
}

// indexSchemas adds the key schemas of indexes; hash is the key that they
// share with the table.
func (s *shaping) indexSchemas(arg, list string, hash *value.Value) {
	blocks, made := s.in.Attrs.Get(arg), fieldOf(s.props, list)
	if blocks.Kind() != value.List || made.Kind() != value.List || blocks.Len() != made.Len() {
		return
	}
	out := make([]*value.Value, made.Len())
	for i, index := range made.Items() {
		out[i] = index
		of := blocks.Items()[i]
		if of.Kind() != value.Map || index.Kind() != value.Map {
			continue
		}
		schema := keySchema(of)
		if hash.Exists() != value.No {
			var b block
			b.put("hash_key", hash)
			b.put("range_key", of.Get("range_key"))
			schema = keySchema(b.at(of.Span()))
		}
		if schema != nil {
			out[i] = put(index, path{{key: "KeySchema"}}, field{schema.Span(), schema}, of.Span())
		}
	}
	s.put([]string{list}, made.Span(), value.NewList(out, made.Span()))
}

// keySchema is the schema of a hash and a range key; nil without any.
func keySchema(of *value.Value) *value.Value {
	var keys []*value.Value
	for _, k := range [...][2]string{{"hash_key", "HASH"}, {"range_key", "RANGE"}} {
		if v := of.Get(k[0]); v.Exists() != value.No {
			var b block
			b.put("AttributeName", v)
			b.lit("KeyType", k[1], v.Span())
			keys = append(keys, b.at(v.Span()))
		}
	}
	if keys == nil {
		return nil
	}
	return value.NewList(keys, keys[0].Span())
}
