package aws

import "github.com/remit-security/remit/internal/value"

var graphqlShapes = map[string]shape{
	"aws_appsync_graphql_api": schemaShape,
}

// schemaShape makes a resource of the schema, as CloudFormation has it.
func schemaShape(s *shaping) {
	schema := s.arg("schema")
	if schema.value.Exists() == value.No {
		return
	}
	s.more("schema", "AWS::AppSync::GraphQLSchema", value.NewMap([]value.Field{
		{Key: "ApiId", KeySpan: s.in.Span, Value: s.self("ApiId")},
		{Key: "Definition", KeySpan: schema.span, Value: schema.value},
	}, schema.value.Span()))
}
