package cdk_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/load"
	"github.com/remit-security/remit/internal/source"
)

// TestDamaged damages an assembly in one place at a time: each is a problem
// that says what to do, and what is left is read.
func TestDamaged(t *testing.T) {
	const topic = `{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}`
	one := func(artifact string) string {
		return `{"artifacts": {"S": ` + artifact + `}, "x": "aws:cloudformation:stack"}`
	}
	stack := func(rest string) string {
		return one(`{"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}` + rest + `}`)
	}
	assets := func(list string) map[string]string {
		return map[string]string{"cdk.out/S.assets.json": list, "cdk.out/manifest.json": `{"artifacts": {
			"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}},
			"S.assets": {"type": "cdk:asset-manifest", "properties": {"file": "S.assets.json"}}}}`}
	}
	manifest := func(text string) map[string]string { return map[string]string{"cdk.out/manifest.json": text} }
	tests := []struct {
		name, apps string
		files      map[string]string
		problems   []string
	}{
		{"cut", "S(cloudformation)", manifest(`{"artifacts": {"S": {"type": "aws:cloudformation:stack", `), []string{"cdk.out/manifest.json:1:"}},
		{"a list", "S(cloudformation)", manifest(`{"artifacts": ["aws:cloudformation:stack"]}`), []string{"no map of artifacts; run cdk synth again"}},
		{"no artifacts but the marker", "S(cloudformation)", map[string]string{"cdk.out/manifest.json": `{}`, "cdk.out/cdk.out": "{}"}, []string{"no map of artifacts"}},
		{"empty but the marker", "S(cloudformation)", map[string]string{"cdk.out/manifest.json": " ", "cdk.out/cdk.out": "{}"}, []string{"not valid JSON"}},
		{"another manifest", "S(cloudformation)", manifest(`{"name": "web app", "icons": []}`), nil},
		{"no type", "S(cloudformation)", manifest(one(`{}`)), []string{`the artifact "S" has no type`}},
		{"null", "S(cloudformation)", manifest(one(`null`)), []string{`the artifact "S" has no type`}},
		{"unknown type", "S(cloudformation)", manifest(one(`{"type": "aws:new"}`)), []string{`the artifact "S" is a "aws:new", which remit does not know`}},
		{"no template", "S(cloudformation)", manifest(one(`{"type": "aws:cloudformation:stack"}`)), []string{`the artifact "S" has no templateFile`}},
		{"missing template", "S(cloudformation)", manifest(one(`{"type": "aws:cloudformation:stack", "properties": {"templateFile": "Other.json"}}`)), []string{`the template "cdk.out/Other.json" of the stack "S" is missing; run cdk synth again`}},
		{"template outside", "S(cloudformation)", manifest(one(`{"type": "aws:cloudformation:stack", "properties": {"templateFile": "../../secret.json"}}`)), []string{`"../../secret.json" is not read: the path leaves the scanned folder`}},
		{"absolute template", "S(cloudformation)", manifest(one(`{"type": "aws:cloudformation:stack", "properties": {"templateFile": "/etc/passwd"}}`)), []string{`"/etc/passwd" is not read: the path leaves`}},
		{"template that is a folder", "S(cloudformation)", manifest(one(`{"type": "aws:cloudformation:stack", "properties": {"templateFile": "."}}`)), []string{`the template "cdk.out" of the stack "S" is not read: not a regular file`}},
		{"template that is none", "S(cloudformation)", map[string]string{"cdk.out/N.json": "[1]", "cdk.out/manifest.json": one(`{"type": "aws:cloudformation:stack", "properties": {"templateFile": "N.json"}}`)}, []string{`"cdk.out/N.json" is no template`}},
		{"template that is broken", "S(cloudformation)", map[string]string{"cdk.out/N.json": "{", "cdk.out/manifest.json": one(`{"type": "aws:cloudformation:stack", "properties": {"templateFile": "N.json"}}`)}, []string{`cdk.out/N.json:1:2: not valid JSON`}},
		{"a stack without resources", "S(cloudformation)", map[string]string{"cdk.out/N.json": "{}", "cdk.out/manifest.json": one(`{"type": "aws:cloudformation:stack", "properties": {"templateFile": "N.json"}}`)}, nil},
		{"one template twice", "A(cdk)", manifest(`{"artifacts": {"A": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}, "B": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}}}`), []string{`the stack "B" has the template "cdk.out/S.template.json" of another stack`}},
		{"environment", "S(cdk)", manifest(stack(`, "environment": "aws://x"`)), []string{`the environment of the stack "S" must be aws://ACCOUNT/REGION`}},
		{"metadata", "S(cdk)", manifest(stack(`, "metadata": []`)), []string{`the metadata of the stack "S" must be a map, not a list`}},
		{"missing metadata file", "S(cdk)", manifest(stack(`, "additionalMetadataFile": "M.json"`)), []string{`the metadata file "cdk.out/M.json" is not read: there is no such file; run cdk synth again`}},
		{"metadata file outside", "S(cdk)", manifest(stack(`, "additionalMetadataFile": "../../M.json"`)), []string{`"../../M.json" is not read: the path leaves`}},
		{"metadata of odd sorts", "S(cdk)", manifest(stack(`, "metadata": {"/S/T": null, "/S/U": [1, {"type": 1}, {"type": "aws:cdk:logicalId", "data": {}, "trace": "x"}, {"type": "aws:cdk:creationStack", "data": [1, "", "x:1", "/a:0:0", "a (/b:1"]}]}`)), nil},
		{"missing stage", "S(cloudformation)", manifest(one(`{"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-X"}}`)), []string{`the stage "S" has no "cdk.out/assembly-X/manifest.json"`}},
		{"stage outside", "S(cloudformation)", manifest(one(`{"type": "cdk:cloud-assembly", "properties": {"directoryName": "../.."}}`)), []string{`"../.." is not read: the path leaves`}},
		{"missing asset manifest", "S(cdk)", map[string]string{"cdk.out/manifest.json": assets("")["cdk.out/manifest.json"]}, []string{`the asset manifest "cdk.out/S.assets.json" is not read: there is no such file`}},
		{"asset manifest of another sort", "S(cdk)", assets(`[]`), []string{"the asset manifest must be a map, not a list"}},
		{"assets of another sort", "S(cdk)", assets(`{"files": [], "dockerImages": null}`), []string{"files must be a map, not a list"}},
		{"asset without source", "S(cdk)", assets(`{"files": {"h": {"displayName": "Code"}}}`), []string{`the asset "Code" names no source`}},
		{"missing asset", "S(cdk)", assets(`{"files": {"h": {"source": {"path": "asset.h"}, "destinations": {"d": {"objectKey": "h.zip"}}}}}`), []string{`"cdk.out/asset.h", the source of the asset "h", is missing`}},
		{"asset outside", "S(cdk)", assets(`{"files": {"h": {"source": {"path": "/home/me/code"}}}}`), []string{`"/home/me/code" is not read: the path leaves`}},
		{"asset of a program", "S(cdk)", assets(`{"files": {"h": {"source": {"executable": ["make"]}}}}`), []string{`the asset "h" is made by a program when it is deployed`}},
		{"destinations", "S(cdk)", assets(`{"files": {"h": {"source": {"path": "S.template.json"}, "destinations": {"d": {}}}}, "dockerImages": {"i": {"source": {"directory": "."}, "destinations": {"e": 1}}}}`), []string{`the destination "d" of an asset has no objectKey`, `the destination "e" of an image has no imageTag`}},
		{"missing tree", "S(cdk)", manifest(`{"artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}, "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}}`), []string{`the construct tree "cdk.out/tree.json" is not read`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.files["cdk.out/S.template.json"] = topic
			p := project(t, "", tt.files, load.Options{})
			if got, want := apps(p), "cdk.out/S.template.json="+tt.apps; got != want {
				t.Errorf("applications %s, want %s", got, want)
			}
			got := problems(p)
			if len(p.Problems) != len(tt.problems) {
				t.Errorf("%d problems\n%s", len(p.Problems), got)
			}
			for _, want := range tt.problems {
				if !strings.Contains(got, want) {
					t.Errorf("no problem %q in\n%s", want, got)
				}
			}
		})
	}
}

// TestMissingAsset: an asset that only the metadata of a resource names.
func TestMissingAsset(t *testing.T) {
	p := project(t, "", map[string]string{
		"cdk.out/manifest.json": `{"artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}}}`,
		"cdk.out/S.template.json": `{"Resources": {
			"A": {"Type": "AWS::Lambda::Function", "Metadata": {"aws:asset:path": "asset.a", "aws:asset:property": "Code"}},
			"B": {"Type": "AWS::Lambda::Function", "Metadata": {"aws:asset:path": "../../b", "aws:asset:property": "Code"}},
			"C": {"Type": "AWS::Lambda::Function", "Metadata": {"aws:asset:path": "asset.c.zip", "aws:asset:property": "Code"}}}}`,
		"cdk.out/asset.c.zip": "PK",
	}, load.Options{})
	if got := problems(p); len(p.Problems) != 2 || !strings.Contains(got, `the asset "cdk.out/asset.a" of A is missing`) || !strings.Contains(got, `the asset "../../b" of B is not read: the path leaves`) {
		t.Errorf("problems\n%s", got)
	}
	if got, ok := app.AsFunction(p.Resource("cdk.out/S.template.json/C")).Source(); !ok || got != "cdk.out/asset.c.zip" {
		t.Errorf("the code lies in %q", got)
	}
}

// TestHostile reads lists that would take minutes if cost did not grow in step
// with their size; the test then runs into its time limit.
func TestHostile(t *testing.T) {
	const head = `{"artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}, "metadata": {`
	rep := strings.Repeat
	var many, frames, paths strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&many, `"S%d": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "X%d"}},`, i, i)
	}
	for i := range 3000 {
		fmt.Fprintf(&frames, `"new A (/%s/%d/S.js:1:1)",`, rep("a/", 480), i)
		fmt.Fprintf(&paths, `"/%s/%d": [{"type": "aws:cdk:logicalId", "data": "L%d"}],`, rep("b/", 480), i, i)
	}
	tests := []struct {
		name, manifest, problem string
	}{
		{"stacks", `{"artifacts": {` + many.String() + `"x": 1}, "y": "aws:cloudformation:stack"}`, "more problems in this file are not listed"},
		{"frames", head + `"/S/T": [{"type": "aws:cdk:creationStack", "data": [` + frames.String() + `1]}]}}}}`, ""},
		{"a long frame", head + `"/S/T": [{"type": "aws:cdk:creationStack", "data": ["new A (` + rep("/a", 3_000_000) + `:1:1)"]}]}}}}`, ""},
		{"paths", head + paths.String() + `"/x.NestedStack/y.NestedStackResource": [{"type": "aws:cdk:logicalId", "data": "N"}]}}}}`, ""},
		{"a long path", head + `"` + rep("/a", 3_000_000) + `": [{"type": "aws:cdk:logicalId", "data": "N"}]}}}}`, "the path of a construct has more than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := project(t, "", map[string]string{"cdk.out/manifest.json": tt.manifest, "cdk.out/S.template.json": `{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}`}, load.Options{})
			if got := problems(p); (tt.problem == "") != (got == "") || !strings.Contains(got, tt.problem) {
				t.Errorf("problems %.500q, want %q", got, tt.problem)
			}
		})
	}
	t.Run("properties", func(t *testing.T) {
		key := rep("k", 2_000_000)
		p := project(t, "tickets", map[string]string{"cdk.out/Tickets.template.json": `{"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"` + key + `": [` +
			rep(`"fd11a8e12bf3f7ea01ccb589a96d574dbfdbc4daea3703ced0a33461f03cc5d0.zip",`, 50_000) + `1]}}}}`}, load.Options{})
		if n := len(p.Apps[0].Resources()[0].Assets); n != 50 {
			t.Errorf("%d assets", n)
		}
	})
}

// FuzzManifest reads any bytes as the lists of an assembly.
func FuzzManifest(f *testing.F) {
	for _, name := range []string{"shop", "tickets"} {
		f.Add([]byte(fixture(f, name+"/cdk.out/manifest.json")), []byte(fixture(f, name+"/cdk.out/"+map[string]string{"shop": "Shop", "tickets": "Tickets"}[name]+".assets.json")), []byte("{}"))
	}
	f.Add([]byte(`{"artifacts": {"Tickets": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Tickets.template.json"}, "additionalMetadataFile": "tree.json"}}}`),
		[]byte("{}"), []byte(fixture(f, "shop/cdk.out/Shop.metadata.json")))
	f.Add([]byte(`{"artifacts": {"Tickets": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Tickets.template.json"}}, "T": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}}`),
		[]byte("{}"), []byte(strings.ReplaceAll(fixture(f, "shop/cdk.out/tree.json"), "Shop", "Tickets")))
	f.Fuzz(func(t *testing.T, manifest, assets, tree []byte) {
		p := project(t, "tickets", map[string]string{
			"cdk.out/manifest.json":       string(manifest),
			"cdk.out/Tickets.assets.json": string(assets),
			"cdk.out/tree.json":           string(tree),
		}, load.Options{})
		for _, problem := range p.Problems {
			if problem.Span.File == "" || problem.Span.Line < 1 || problem.Message == "" || strings.Contains(problem.Message, "report this as a bug") {
				t.Fatalf("the problem %+v", problem)
			}
		}
		for _, a := range p.Apps {
			for _, r := range a.Resources() {
				if at := r.Construct.Span; at != (source.Span{}) && at.File != "app.js" {
					t.Fatalf("%s is made at %v", r.ID, at)
				}
			}
		}
	})
}
