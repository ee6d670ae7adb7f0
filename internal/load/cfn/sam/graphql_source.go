package sam

import (
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// dataSources builds the data sources with the roles that they need.
func (g *graphRun) dataSources() {
	conf := g.d.prop("DataSources")
	if conf == nil {
		return
	}
	p := g.d.at("DataSources")
	g.fields(p, conf, "DynamoDb Lambda")
	tables, functions := get(conf, "DynamoDb"), get(conf, "Lambda")
	g.entries(p.at("DynamoDb", tables), tables, g.tableSource)
	g.entries(p.at("Lambda", functions), functions, g.functionSource)
}

func (g *graphRun) dataSource(f source.Field, kind, typ string) *resource {
	r := g.make(g.d.id+f.Key+kind+"DataSource", "AWS::AppSync::DataSource", f.KeySpan)
	r.set("ApiId", g.id).set("Type", typ).set("Name", f.Key).set("Description", get(f.Value, "Description"))
	if n := get(f.Value, "Name"); truthy(n) {
		r.set("Name", n)
	}
	g.sources[f.Key] = r.getAtt("Name")
	return r
}

func (g *graphRun) tableSource(p place, f source.Field) {
	conf := f.Value
	g.fields(p, conf, "TableName! ServiceRoleArn TableArn Permissions Name Description Region DeltaSync UseCallerCredentials Versioned")
	if v := get(conf, "Permissions"); v != nil && !accepts("list(enum(Read,Write))", v) {
		g.x.refuse(p.at("Permissions", v), "should be a list of Read and Write")
	}
	r := g.dataSource(f, "DynamoDB", "AMAZON_DYNAMODB")
	region := get(conf, "Region")
	if !truthy(region) {
		region = ref(f.KeySpan, "AWS::Region")
	}
	table := get(conf, "TableName")
	out := obj(f.KeySpan, "AwsRegion", region, "TableName", table)
	for _, k := range []string{"UseCallerCredentials", "Versioned"} {
		if v := get(conf, k); truthy(v) {
			set(out, k, v)
		}
	}
	if v := get(conf, "DeltaSync"); v != nil {
		g.fields(p.at("DeltaSync", v), v, "BaseTableTTL! DeltaSyncTableName! DeltaSyncTableTTL!")
		set(out, "DeltaSyncConfig", v)
	}
	g.add(r.set("DynamoDBConfig", out))
	arn := get(conf, "TableArn")
	if !truthy(arn) && table != nil {
		arn = sub(table.Span, "arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}",
			"__TableName__", table, "__Region__", region)
	}
	permissions := get(conf, "Permissions")
	if !truthy(permissions) {
		permissions = list(f.KeySpan, "Read", "Write")
	}
	g.serviceRole(r, conf, "ToTableConnector", "AWS::DynamoDB::Table", arn, permissions)
}

func (g *graphRun) functionSource(p place, f source.Field) {
	conf := f.Value
	g.fields(p, conf, "FunctionArn! ServiceRoleArn Name Description")
	r := g.dataSource(f, "Lambda", "AWS_LAMBDA")
	arn := get(conf, "FunctionArn")
	g.add(r.set("LambdaConfig", obj(f.KeySpan, "LambdaFunctionArn", arn)))
	g.serviceRole(r, conf, "ToLambdaConnector", "AWS::Lambda::Function", arn, list(f.KeySpan, "Write"))
}

// serviceRole gives a data source the role that it names, or one of its own
// that a connector lets reach the target.
func (g *graphRun) serviceRole(r *resource, conf *node, suffix, typ string, arn, permissions *node) {
	if role := get(conf, "ServiceRoleArn"); truthy(role) {
		r.set("ServiceRoleArn", role)
		return
	}
	role := g.make(r.id+"Role", "AWS::IAM::Role", r.span)
	role.set("AssumeRolePolicyDocument", trust(r.span, "appsync.amazonaws.com"))
	r.set("ServiceRoleArn", role.getAtt("Arn"))
	g.add(role)
	g.add(g.x.connect(g.d, connection{
		id: r.id + suffix,
		source: obj(r.span, "Type", "AWS::AppSync::DataSource", "Arn", r.getAtt("DataSourceArn"),
			"RoleName", role.ref()),
		destination: obj(r.span, "Type", typ, "Arn", arn),
		permissions: permissions,
	})...)
}

func (g *graphRun) functionConfigurations() {
	g.entries(g.d.at("Functions"), g.d.prop("Functions"), func(p place, f source.Field) {
		conf := f.Value
		g.fields(p, conf, "DataSource Runtime InlineCode CodeUri Description MaxBatchSize Name Id Sync")
		if id := get(conf, "Id"); truthy(id) {
			if len(conf.Fields) > 1 {
				g.x.refuse(p.at("Id", id), "cannot be set together with other properties")
			}
			g.functions[f.Key] = id
			return
		}
		r := g.make(g.d.id+f.Key, "AWS::AppSync::FunctionConfiguration", f.KeySpan)
		r.set("ApiId", g.id).set("Name", f.Key)
		if n := get(conf, "Name"); truthy(n) {
			g.x.wantString(p.at("Name", n), n)
			r.set("Name", n)
		}
		if !g.code(r, p, conf) {
			g.x.refuse(p.at("InlineCode", nil), "set one of InlineCode and CodeUri")
		}
		r.set("DataSourceName", g.sourceName(p, get(conf, "DataSource")))
		copyGiven(r, conf, "MaxBatchSize", "Description")
		r.set("Runtime", g.runtime(p, conf))
		if s := get(conf, "Sync"); s != nil && g.fields(p.at("Sync", s), s, "ConflictDetection! ConflictHandler LambdaConflictHandlerConfig") {
			r.set("SyncConfig", withoutNulls(s))
		}
		g.functions[f.Key] = r.getAtt("FunctionId")
		g.add(r)
	})
}

func withoutNulls(m *node) *node {
	out := source.NewMap(m.Span)
	for _, f := range m.Fields {
		if !isNone(f.Value) {
			out.Fields = append(out.Fields, f)
		}
	}
	return out
}

// code sets where the code is, and reports whether there is any.
func (g *graphRun) code(r *resource, p place, conf *node) bool {
	inline, uri := get(conf, "InlineCode"), get(conf, "CodeUri")
	if truthy(inline) && truthy(uri) {
		g.x.refuse(p.at("CodeUri", uri), "set either InlineCode or CodeUri, not both")
	}
	if truthy(inline) {
		r.set("Code", inline)
	}
	if truthy(uri) {
		r.set("CodeS3Location", uri)
	}
	return truthy(inline) || truthy(uri)
}

func (g *graphRun) runtime(p place, conf *node) *node {
	rt := get(conf, "Runtime")
	if rt == nil {
		g.x.refuse(p.at("Runtime", nil), "is required but missing")
		return nil
	}
	g.fields(p.at("Runtime", rt), rt, "Name! Version!")
	return obj(rt.Span, "Name", get(rt, "Name"), "RuntimeVersion", get(rt, "Version"))
}

// sourceName is the name of the data source of a function.
func (g *graphRun) sourceName(p place, given *node) *node {
	at := p.at("DataSource", given)
	switch {
	case !truthy(given):
		g.x.refuse(at, "is required but missing")
		return nil
	case !isStr(given):
		return given
	case strings.EqualFold(given.Text, "none"):
		if g.none == nil {
			g.none = g.make(g.d.id+"NoneDataSource", "AWS::AppSync::DataSource", given.Span)
			g.none.set("ApiId", g.id).set("Name", g.none.id).set("Type", "NONE")
		}
		return g.none.getAtt("Name")
	case g.sources[given.Text] == nil:
		g.x.refuse(at, "names %s, which is not among the DataSources; name one of them, or use an intrinsic function", given.Text)
	}
	return g.sources[given.Text]
}

// passOn is the code of a resolver that has none: it hands the result of its
// pipeline on, as the transform's own does.
const passOn = "\nexport function request(ctx) {\n    return {};\n}\n\nexport function response(ctx) {\n    return ctx.prev.result;\n}\n"

func (g *graphRun) resolvers() {
	p := g.d.at("Resolvers")
	g.entries(p, g.d.prop("Resolvers"), func(tp place, t source.Field) {
		g.entries(tp, t.Value, func(p place, f source.Field) { g.resolver(p, t.Key, f) })
	})
}

func (g *graphRun) resolver(p place, typ string, f source.Field) {
	conf := f.Value
	g.fields(p, conf, "FieldName Caching InlineCode CodeUri MaxBatchSize Pipeline Runtime Sync")
	r := g.make(g.d.id+typ+f.Key, "AWS::AppSync::Resolver", f.KeySpan)
	r.dependsOn = list(f.KeySpan, g.d.id+"Schema")
	if g.code(r, p, conf) {
		r.set("Runtime", g.runtime(p, conf))
	} else {
		r.set("Code", passOn).set("Runtime", obj(f.KeySpan, "Name", "APPSYNC_JS", "RuntimeVersion", "1.0.0"))
	}
	r.set("ApiId", g.id).set("TypeName", typ).set("FieldName", f.Key).set("Kind", "PIPELINE")
	if n := get(conf, "FieldName"); truthy(n) {
		r.set("FieldName", n)
	}
	pipeline := get(conf, "Pipeline")
	if !truthy(pipeline) {
		g.x.refuse(p.at("Pipeline", pipeline), "is required; unit resolvers are not supported")
	} else if g.x.wantList(p.at("Pipeline", pipeline), pipeline) {
		ids := source.NewList(pipeline.Span)
		for _, it := range pipeline.Items {
			if id := g.functions[text(it)]; id != nil {
				push(ids, id)
			} else {
				g.x.refuse(p.at("Pipeline", pipeline), "names the function %s, which is not among the Functions", it.Text)
			}
		}
		r.set("PipelineConfig", obj(pipeline.Span, "Functions", ids))
	}
	if c := get(conf, "Caching"); c != nil && g.fields(p.at("Caching", c), c, "Ttl! CachingKeys") {
		r.set("CachingConfig", withoutNulls(c))
	}
	if m := get(conf, "MaxBatchSize"); truthy(m) {
		r.set("MaxBatchSize", m)
	}
	g.add(r)
}
