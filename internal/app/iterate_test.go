package app_test

import (
	"iter"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

func count[V any](seq iter.Seq[V]) int {
	n := 0
	for range seq {
		n++
	}
	return n
}

// TestIterators has every iterator find the one resource of its type, and both
// of the types where it has two.
func TestIterators(t *testing.T) {
	at := source.Span{File: "t.yml", Line: 1, Column: 1}
	a := oneOfEach(value.NewMap(nil, at), at)
	for name, got := range map[string][2]int{
		"functions":         {count(a.Functions()), 1},
		"function URLs":     {count(a.FunctionURLs()), 1},
		"permissions":       {count(a.Permissions()), 1},
		"mappings":          {count(a.EventSourceMappings()), 1},
		"layers":            {count(a.Layers()), 1},
		"roles":             {count(a.Roles()), 1},
		"users":             {count(a.IAMUsers()), 1},
		"groups":            {count(a.IAMGroups()), 1},
		"APIs":              {count(a.APIs()), 2},
		"authorisers":       {count(a.Authorizers()), 2},
		"buckets":           {count(a.Buckets()), 1},
		"tables":            {count(a.Tables()), 2},
		"queues":            {count(a.Queues()), 1},
		"topics":            {count(a.Topics()), 1},
		"streams":           {count(a.Streams()), 1},
		"buses":             {count(a.EventBuses()), 1},
		"rules":             {count(a.Rules()), 1},
		"schedules":         {count(a.Schedules()), 1},
		"state machines":    {count(a.StateMachines()), 1},
		"user pools":        {count(a.UserPools()), 1},
		"identity pools":    {count(a.IdentityPools()), 1},
		"GraphQL APIs":      {count(a.GraphQLAPIs()), 1},
		"secrets":           {count(a.Secrets()), 1},
		"stored parameters": {count(a.StoredParameters()), 1},
		"keys":              {count(a.Keys()), 1},
		"log groups":        {count(a.LogGroups()), 1},
		"distributions":     {count(a.Distributions()), 1},
		"repositories":      {count(a.Repositories()), 1},
	} {
		if got[0] != got[1] {
			t.Errorf("%d %s, want %d", got[0], name, got[1])
		}
	}
	for f := range a.Functions() { // a reader may stop early
		if f.Resource == nil {
			t.Error("an empty view")
		}
		break
	}
}

func TestDataSourceTargets(t *testing.T) {
	a := open(t, `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  T: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders}}
  F: {Type: AWS::Lambda::Function, Properties: {FunctionName: f, Code: {ZipFile: x}}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  G: {Type: AWS::AppSync::GraphQLApi, Properties: {Name: g, AuthenticationType: API_KEY, AdditionalAuthenticationProviders: [{AuthenticationType: AWS_IAM}, {AuthenticationType: OPENID_CONNECT}]}}
  D1: {Type: AWS::AppSync::DataSource, Properties: {ApiId: !GetAtt G.ApiId, Name: a, DynamoDBConfig: {TableName: orders}}}
  D2: {Type: AWS::AppSync::DataSource, Properties: {ApiId: !GetAtt G.ApiId, Name: b, LambdaConfig: {LambdaFunctionArn: !GetAtt F.Arn}}}
  D3: {Type: AWS::AppSync::DataSource, Properties: {ApiId: !GetAtt G.ApiId, Name: c, EventBridgeConfig: {EventBusArn: !GetAtt Bus.Arn}}}
  D4: {Type: AWS::AppSync::DataSource, Properties: {ApiId: !GetAtt G.ApiId, Name: d, Type: NONE}}
`)
	g := app.AsGraphQLAPI(get(t, a, "G"))
	want := map[string]string{"D1": "T", "D2": "F", "D3": "Bus", "D4": ""}
	for _, d := range g.DataSources() {
		got := ""
		if r := d.Target(); r != nil {
			got = r.LogicalID
		}
		if got != want[d.LogicalID] {
			t.Errorf("%s leads to %q, want %q", d.LogicalID, got, want[d.LogicalID])
		}
	}
	var kinds []app.AuthKind
	for _, m := range g.AuthModes() {
		kinds = append(kinds, m.Kind)
	}
	if len(kinds) != 3 || kinds[0] != app.AuthAPIKey || kinds[1] != app.AuthIAM || kinds[2] != app.AuthJWT {
		t.Errorf("modes: %v", kinds)
	}
	// Nothing in the template resolves with D2, so it is not known to be called.
	if got := entriesOf(t, a, "F"); len(got) != 1 || got[0] != "graphql from G in D2 via b unknown" {
		t.Errorf("entries: %v", got)
	}
}
