package cfn

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/remit-security/remit/internal/source"
)

const configured = `
Parameters: {A: {Type: String}, B: {Type: String, Default: b}, C: {Type: CommaDelimitedList, Default: "1"}}
Resources: {T: {Type: "AWS::SNS::Topic", Properties: {V: !Sub "${A}|${B}", L: !Ref C}}}
`

func TestDeploymentFiles(t *testing.T) {
	const unset = `{V:"${A}|b" L:["1"]}`
	tests := []struct {
		name    string
		files   map[string]string
		want    string
		problem string
	}{
		{"nothing", nil, unset, ""},
		{"string", map[string]string{"samconfig.toml": "version = 0.1\n[default.deploy.parameters]\nparameter_overrides = \"A=one B=\\\"two words\\\" C=x,y\"\n"}, `{V:"one|two words" L:["x" "y"]}`, ""},
		{"keys and values", map[string]string{"samconfig.toml": "[default.deploy.parameters]\nparameter_overrides = 'ParameterKey=A,ParameterValue=one ParameterKey=B,ParameterValue=\"a=b\"'\n"}, `{V:"one|a=b" L:["1"]}`, ""},
		{"list", map[string]string{"samconfig.toml": "[default.global.parameters]\nparameter_overrides = [\"A=one\", \"B=two words\"]\n"}, `{V:"one|two words" L:["1"]}`, ""},
		{"table", map[string]string{"samconfig.toml": "[default.deploy.parameters.parameter_overrides]\nA = 'one'\nB = 2\n"}, `{V:"one|2" L:["1"]}`, ""},
		{"deploy over global", map[string]string{"samconfig.toml": "[default.global.parameters]\nparameter_overrides='A=g'\n[default.deploy.parameters]\nparameter_overrides='A=d'\n"}, `{V:"d|b" L:["1"]}`, ""},
		{"another environment", map[string]string{"samconfig.toml": "[prod.deploy.parameters]\nparameter_overrides='A=p'\n"}, unset, `those of "prod" are not used`},
		{"another environment beside the default", map[string]string{"samconfig.toml": "[default.deploy.parameters]\nparameter_overrides='A=d'\n[prod.deploy.parameters]\nparameter_overrides='A=p'\n"}, `{V:"d|b" L:["1"]}`, ""},
		{"too large", map[string]string{"samconfig.toml": "a = " + strings.Repeat("[", 4<<20)}, unset, "larger or nests deeper"},
		{"another template", map[string]string{"samconfig.toml": "[default.deploy.parameters]\ntemplate_file='other.yaml'\nparameter_overrides='A=p'\n"}, unset, ""},
		{"built template", map[string]string{"samconfig.toml": "[default.deploy.parameters]\ntemplate_file='.aws-sam/build/template.yaml'\nparameter_overrides='A=p'\n"}, `{V:"p|b" L:["1"]}`, ""},
		{"broken", map[string]string{"samconfig.toml": "[default\n"}, unset, "samconfig.toml:2:1: not valid TOML"},
		{"wrong types", map[string]string{"samconfig.toml": "default = 5\n"}, unset, ""},
		{"wrong value", map[string]string{"samconfig.toml": "[default.deploy.parameters]\nparameter_overrides='A=1 what B=2'\n"}, `{V:"1|2" L:["1"]}`, `"what", which is not Name=value`},
		{"YAML", map[string]string{"samconfig.yaml": "default:\n  deploy:\n    parameters:\n      parameter_overrides: [A=one, {B: two}]\n"}, `{V:"one|two" L:["1"]}`, ""},
		{"parameter file", map[string]string{"dev.json": `[{"ParameterKey": "A", "ParameterValue": "one"}, {"ParameterKey": "B", "UsePreviousValue": true}]`}, `{V:"one|b" L:["1"]}`, ""},
		{"parameter strings", map[string]string{"dev.json": `["A=one", "C=p,q"]`}, `{V:"one|b" L:["p" "q"]}`, ""},
		{"configuration file", map[string]string{"dev.json": `{"Parameters": {"A": "one"}, "Tags": {"x": "y"}}`}, `{V:"one|b" L:["1"]}`, ""},
		{"file for another template", map[string]string{"dev.json": `{"Parameters": {"A": "one", "Z": "z"}}`}, unset, ""},
		{"other data", map[string]string{"data.json": `["a", 5]`, "more.json": `{"Parameters": {"A": {"Type": "String"}}}`, "bad.json": `{"Parameters": `}, unset, ""},
		{"two files", map[string]string{"dev.json": `{"Parameters": {"A": "one"}}`, "prod.json": `{"Parameters": {"A": "two"}}`}, unset, "dev.json, prod.json all fit"},
		{"both kinds", map[string]string{"samconfig.toml": "[default.deploy.parameters]\nparameter_overrides='A=sam'\n", "dev.json": `{"Parameters": {"A": "file"}}`}, `{V:"sam|b" L:["1"]}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"template.yaml": configured}
			maps.Copy(files, tt.files)
			p := loadFiles(t, files, Options{}, "template.yaml")
			if got := show(p.Resource("template.yaml/T").Props); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if got := messages(p); (tt.problem == "") != (got == "") || !strings.Contains(got, tt.problem) {
				t.Errorf("problems %q, want %q", got, tt.problem)
			}
			p = loadFiles(t, files, Options{Parameters: map[string]string{"A": "given"}}, "template.yaml")
			if got := show(p.Resource("template.yaml/T").Get("V")); !strings.HasPrefix(got, `"given|`) {
				t.Errorf("a given value must win: %s", got)
			}
		})
	}
}

func TestStackName(t *testing.T) {
	p := loadFiles(t, map[string]string{"template.yaml": configured, "samconfig.toml": "[default.deploy.parameters]\nstack_name='shop'\n"}, Options{}, "template.yaml")
	if got := p.Apps[0].Name; got != "shop" {
		t.Errorf("the application is called %q, want shop", got)
	}
}

func TestPairs(t *testing.T) {
	for text, want := range map[string]string{
		`A=1 B=2`:                        "A=1;B=2",
		`A="x y" 'B=z w'`:                "A=x y;B=z w",
		`A=x\ y`:                         `A=x y`,
		`A="say \"hi\""`:                 `A=say "hi"`,
		`A= B=`:                          "A=;B=",
		`  `:                             "",
		`ParameterKey=A,ParameterValue=`: "A=",
	} {
		values := map[string]string{}
		parsePairs(text, values)
		var got []string
		for _, k := range slices.Sorted(maps.Keys(values)) {
			if k == "A" || k == "B" {
				got = append(got, k+"="+values[k])
			}
		}
		if strings.Join(got, ";") != want {
			t.Errorf("%s gives %q, want %q", text, got, want)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte("[default.deploy.parameters]\nparameter_overrides = \"A=1 B=\\\"x y\\\"\"\n"))
	f.Add([]byte("[default.global.parameters]\ntemplate='t.yaml'\nparameter_overrides = ['A=1', {B='2'}]\n"))
	f.Add([]byte(`[{"ParameterKey": "A", "ParameterValue": "1"}]`))
	f.Add([]byte(`{"Parameters": {"A": "1"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		config, problems := parseTOML("f", data)
		if config == nil && len(problems) == 0 {
			t.Fatal("neither a document nor a problem")
		}
		_, raw := samParameters(config)
		values, _ := parseOverrides(raw)
		n, _ := source.Parse("f", data, source.DefaultLimits)
		_, raw = samParameters(plain(n))
		parseOverrides(raw)
		parsePairs(string(data), values)
		_ = fmt.Sprint(parameterValues(n))
	})
}
