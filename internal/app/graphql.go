package app

import (
	"iter"

	"github.com/remit-security/remit/internal/value"
)

// A GraphQLAPI is an AWS::AppSync::GraphQLApi.
type GraphQLAPI struct{ *Resource }

// AsGraphQLAPI views r as a GraphQL API.
func AsGraphQLAPI(r *Resource) GraphQLAPI { return GraphQLAPI{of(r, graphqlTypes...)} }

// GraphQLAPIs iterates the application's GraphQL APIs.
func (a *App) GraphQLAPIs() iter.Seq[GraphQLAPI] { return views(a, AsGraphQLAPI, graphqlTypes...) }

// An AuthMode is one way in which an API lets callers in: the default one, or
// an additional provider.
type AuthMode struct {
	*value.Value // the properties, or the element of the list of providers
	Kind         AuthKind
	Type         *value.Value
	Default      bool
}

// AuthModes are the API's modes, the default one first.
func (g GraphQLAPI) AuthModes() []AuthMode {
	if g.Resource == nil {
		return nil
	}
	t := g.Get("AuthenticationType")
	out := []AuthMode{{g.Props, graphqlKind(t), t, true}}
	for _, p := range g.Get("AdditionalAuthenticationProviders").Items() {
		t := p.Get("AuthenticationType")
		out = append(out, AuthMode{p, graphqlKind(t), t, false})
	}
	return out
}

func graphqlKind(v *value.Value) AuthKind {
	s, _ := v.Known()
	switch s {
	case "API_KEY":
		return AuthAPIKey
	case "AWS_IAM":
		return AuthIAM
	case "AMAZON_COGNITO_USER_POOLS":
		return AuthCognito
	case "OPENID_CONNECT":
		return AuthJWT
	case "AWS_LAMBDA":
		return AuthLambda
	}
	return AuthUnknown
}

// Private tells whether only a VPC reaches the API.
func (g GraphQLAPI) Private() value.Tri { return g.orText("GLOBAL", "Visibility").Is("PRIVATE") }

// Introspection is ENABLED (the default) or DISABLED.
func (g GraphQLAPI) Introspection() *value.Value { return g.orText("ENABLED", "IntrospectionConfig") }

// DepthLimit is how deep queries may nest, 0 (no limit) by default.
func (g GraphQLAPI) DepthLimit() *value.Value { return g.orNumber(0, "QueryDepthLimit") }

// ResolverLimit is how many resolvers one query may run, 0 (10,000) by
// default.
func (g GraphQLAPI) ResolverLimit() *value.Value { return g.orNumber(0, "ResolverCountLimit") }

// Logs is the LogConfig.
func (g GraphQLAPI) Logs() *value.Value { return g.Get("LogConfig") }

// Schema is the schema's definition, inline or by location.
func (g GraphQLAPI) Schema() *Resource {
	for _, c := range g.children("AWS::AppSync::GraphQLSchema") {
		return c.Resource
	}
	return nil
}

// DataSources are the API's data sources.
func (g GraphQLAPI) DataSources() []DataSource {
	var out []DataSource
	for _, c := range g.children("AWS::AppSync::DataSource") {
		out = append(out, DataSource{c.Resource, g})
	}
	return out
}

// A DataSource is an AWS::AppSync::DataSource.
type DataSource struct {
	*Resource
	API GraphQLAPI
}

// RoleValue is the role that AppSync acts with.
func (d DataSource) RoleValue() *value.Value { return d.Get("ServiceRoleArn") }

// Target is the table, function, bus or domain behind the data source, where
// it is one of the project.
func (d DataSource) Target() *Resource {
	if d.Resource == nil {
		return nil
	}
	for _, t := range d.App.FunctionsNamed(d.Get("LambdaConfig", "LambdaFunctionArn")) {
		return t.Function
	}
	if r, _ := d.App.Lookup(d.Get("DynamoDBConfig", "TableName"), tableTypes...); r != nil {
		return r
	}
	if r, _ := d.App.Lookup(d.Get("EventBridgeConfig", "EventBusArn"), busTypes...); r != nil {
		return r
	}
	r, _ := d.App.Lookup(d.Get("RelationalDatabaseConfig", "RdsHttpEndpointConfig", "DbClusterIdentifier"), "AWS::RDS::DBCluster")
	return r
}

// A Resolver is an AWS::AppSync::Resolver.
type Resolver struct{ *Resource }

// Resolvers are the API's resolvers.
func (g GraphQLAPI) Resolvers() []Resolver {
	var out []Resolver
	for _, c := range g.children("AWS::AppSync::Resolver") {
		out = append(out, Resolver{c.Resource})
	}
	return out
}

// Resolvers are the resolvers that use the data source, themselves or through
// a function of their pipeline.
func (d DataSource) Resolvers() []Resolver {
	steps := map[*Resource]bool{}
	for _, c := range d.API.children("AWS::AppSync::FunctionConfiguration") {
		if d.named(c.Get("DataSourceName")) {
			steps[c.Resource] = true
		}
	}
	var out []Resolver
	for _, q := range d.API.Resolvers() {
		uses := d.named(q.Get("DataSourceName"))
		for _, v := range q.Get("PipelineConfig", "Functions").Items() {
			step, _ := q.App.Lookup(v, "AWS::AppSync::FunctionConfiguration")
			uses = uses || steps[step]
		}
		if uses {
			out = append(out, q)
		}
	}
	return out
}

// named reports whether a value names the data source.
func (d DataSource) named(v *value.Value) bool {
	if r := d.App.Target(v); r != nil {
		return r == d.Resource
	}
	return v.Exists() != value.No && v.Text().Equal(d.Name) == value.Yes
}
