package sam

import (
	"regexp"
	"strings"

	"github.com/remit-security/remit/internal/source"
)

// dynamicPath is a dynamic reference whose name is a path.
var dynamicPath = regexp.MustCompile(`\{\{resolve:(ssm|ssm-secure|secretsmanager):[a-zA-Z0-9_.\-]*/[a-zA-Z0-9_.\-/]*(:\d+)?\}\}|\{\{resolve:(ssm|ssm-secure|secretsmanager):/[a-zA-Z0-9_.\-/]*(:\d+)?\}\}`)

var aliasName = regexp.MustCompile(`^[a-zA-Z0-9\-_]+$`)

// publish builds the version and the alias that AutoPublishAlias asks for.
func (f *functionRun) publish() []*resource {
	d, x := f.d, f.x
	given := d.prop("AutoPublishAlias")
	name := x.resolver.values(given)
	p := d.at("AutoPublishAlias")
	id := d.id + "Alias"
	switch {
	case isFn(name): // there is an alias, whatever its name
		x.refuse(p, "should be a string, or a Ref to a parameter whose value is known")
	case !isStr(name):
		x.refuse(p, "should be a string")
		return nil
	case name.Text == "":
		x.refuse(p, "the name of the alias is empty")
		return nil
	case !aliasName.MatchString(name.Text) || strings.Trim(name.Text, "0123456789") == "":
		x.refuse(p, "the name %q may have letters, digits, - and _ only, and not digits alone", name.Text)
		return nil
	}
	sum := f.codeSum()
	v := f.version(given, sum)
	id += strings.NewReplacer("-", "D", "_", "U").Replace(text(name))
	f.alias = d.make(id, "AWS::Lambda::Alias", given.Span)
	f.alias.set("Name", name).set("FunctionName", ref(given.Span, d.id)).set("FunctionVersion", v.getAtt("Version"))
	if c := d.prop("ProvisionedConcurrencyConfig"); truthy(c) {
		f.alias.set("ProvisionedConcurrencyConfig", c)
	}
	x.part(d.id, "Alias", id)
	x.part(d.id, "Version", v.id)
	return []*resource{v, f.alias}
}

// codeSum resolves AutoPublishCodeSha256 and puts it into the description, so
// that new code makes a new version.
func (f *functionRun) codeSum() string {
	d, x := f.d, f.x
	given := d.prop("AutoPublishCodeSha256")
	if !truthy(given) {
		return ""
	}
	sum := x.resolver.values(given)
	if !isStr(sum) {
		x.refuse(d.at("AutoPublishCodeSha256"), "should be a string, or a Ref to a parameter whose value is known")
		return ""
	}
	switch text := x.resolver.values(d.prop("Description")); {
	case !truthy(text):
		f.fn.set("Description", source.NewString(sum.Text, given.Span))
	case isStr(text):
		f.fn.set("Description", source.NewString(text.Text+" "+sum.Text, text.Span))
	default:
		f.fn.set("Description", obj(text.Span, "Fn::Join", list(text.Span, " ", list(text.Span, text, sum))))
	}
	return sum.Text
}

// version builds the function's version. Its logical id follows the code, or
// all properties, so that a change publishes a new one.
func (f *functionRun) version(alias *node, sum string) *resource {
	d := f.d
	if code := f.fn.prop("Code"); code != nil {
		f.fn.set("Code", f.x.resolver.values(code))
	}
	suffix := ""
	if len(sum) > 10 {
		sum = sum[:10]
	}
	if suffix = sum; suffix == "" {
		suffix = idHash(f.fingerprint())
	}
	v := d.make(d.id+"Version"+suffix, "AWS::Lambda::Version", alias.Span)
	if v.attr("DeletionPolicy") == nil {
		keep := source.NewString("Retain", alias.Span)
		if p := d.prop("VersionDeletionPolicy"); p != nil {
			keep = p
		} else if d.prop("CapacityProviderConfig") != nil {
			keep.Text = "Delete"
		}
		v.setAttr("DeletionPolicy", keep)
	}
	v.set("FunctionName", ref(alias.Span, d.id)).set("Description", d.prop("VersionDescription"))
	if d.prop("CapacityProviderConfig") != nil {
		v.set("FunctionScalingConfig", d.prop("FunctionScalingConfig"))
	}
	return v
}

// fingerprint is what the version's logical id depends on.
func (f *functionRun) fingerprint() *node {
	out := source.NewMap(f.d.span)
	merge := func(from *node) {
		if isMap(from) {
			for _, fl := range from.Fields {
				set(out, fl.Key, fl.Value)
			}
		}
	}
	if truthy(f.d.prop("AutoPublishAliasAllProperties")) {
		merge(f.fn.props)
		for _, l := range asList(f.fn.prop("Layers")) {
			if e := f.x.entries[target(l)]; e != nil && truthy(e.node.Path("Properties", "PublishLambdaVersion")) &&
				f.x.grow(f.d.at("Layers"), size(e.node)) {
				set(out, e.id, e.node.Get("Properties"))
			}
		}
		return out
	}
	merge(f.fn.prop("Code"))
	merge(f.d.prop("Environment"))
	if m := f.d.prop("MemorySize"); truthy(m) {
		set(out, "MemorySize", m)
	}
	if s := f.d.prop("SnapStart"); isMap(s) && s.Get("ApplyOn") != nil && text(s.Get("ApplyOn")) != "None" {
		set(out, "SnapStart", s)
	}
	return out
}

// url builds the function URL and what makes it public if it is.
func (f *functionRun) url() []*resource {
	d, x := f.d, f.x
	conf := d.prop("FunctionUrlConfig")
	if !truthy(conf) || isFn(conf) {
		if truthy(conf) {
			x.unresolved(d.at("FunctionUrlConfig"), "the transform does not look into an intrinsic function here, so the URL gets none of its settings; write the map itself")
			r := d.make(d.id+"Url", "AWS::Lambda::Url", conf.Span)
			return []*resource{r.set("TargetFunctionArn", f.name(conf.Span))}
		}
		return nil
	}
	p := d.at("FunctionUrlConfig")
	auth := get(conf, "AuthType")
	if !isFn(auth) && text(auth) != "AWS_IAM" && text(auth) != "NONE" {
		x.refuse(p.at("AuthType", auth), "is required; it should be AWS_IAM or NONE")
	}
	f.validateCors(p, get(conf, "Cors"))
	u := d.make(d.id+"Url", "AWS::Lambda::Url", conf.Span)
	u.set("AuthType", auth).set("TargetFunctionArn", f.name(conf.Span)).set("InvokeMode", get(conf, "InvokeMode"))
	if c := get(conf, "Cors"); truthy(c) {
		u.set("Cors", c)
	}
	if text(auth) != "NONE" {
		return []*resource{u}
	}
	public := d.make(d.id+"UrlPublicPermissions", "AWS::Lambda::Permission", auth.Span)
	public.set("Action", "lambda:InvokeFunctionUrl").set("FunctionName", f.name(auth.Span)).set("Principal", "*").
		set("FunctionUrlAuthType", auth)
	invoke := d.make(d.id+"URLInvokeAllowPublicAccess", "AWS::Lambda::Permission", auth.Span)
	invoke.set("Action", "lambda:InvokeFunction").set("Principal", "*").set("FunctionName", f.name(auth.Span)).
		set("InvokedViaFunctionUrl", true)
	return []*resource{u, public, invoke}
}

var urlCors = map[string]string{"AllowOrigins": "list", "AllowMethods": "list", "AllowCredentials": "bool",
	"AllowHeaders": "list", "ExposeHeaders": "list", "MaxAge": "int"}

func (f *functionRun) validateCors(p place, cors *node) {
	if !truthy(cors) || isFn(cors) || !f.x.wantMap(p.at("Cors", cors), cors) {
		return
	}
	for _, fl := range cors.Fields {
		at := p.at("Cors", cors).at(fl.Key, fl.Value)
		switch want := urlCors[fl.Key]; {
		case want == "":
			f.x.refuse(at, "there is no such property of Cors")
		case !isFn(fl.Value) && !accepts(want, fl.Value):
			f.x.refuse(at, "should be %s", words(want))
		}
	}
}
