package catalogue

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/remit-security/remit/internal/iam/policy"
)

func same(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}

func TestActions(t *testing.T) {
	a, ok := ActionOf("S3:getobject")
	if !ok || a.String() != "s3:GetObject" || !a.Level.Has(Read) || !a.ResourceLevel() {
		t.Fatalf("s3:GetObject: %+v", a)
	}
	if r := a.Resources[0].Type; r.ARN == "" {
		t.Fatalf("no ARN template: %+v", r)
	}
	if a, ok := ActionOf("s3:ListAllMyBuckets"); !ok || a.ResourceLevel() {
		t.Fatalf("s3:ListAllMyBuckets has no resource level: %+v", a)
	}
	if _, ok := ActionOf("s3:NoSuchThing"); ok {
		t.Fatal("found an action that is none")
	}
	version, date := Version()
	if version == "" || len(date) != 10 {
		t.Fatalf("version %q of %q", version, date)
	}
	actions := 0
	for _, p := range Services() {
		s, _ := ServiceOf(p)
		actions += len(s.Actions)
	}
	if len(Services()) < 450 || actions < 21_000 {
		t.Fatalf("%d services, %d actions", len(Services()), actions)
	}
}

func TestManaged(t *testing.T) {
	for _, tc := range []struct{ arn, want string }{
		{"arn:aws:iam::aws:policy/AmazonS3FullAccess", "Allow"},
		{"arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "Allow"},
		{"arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess", "Allow"},
		{"arn:aws:iam::aws:policy/AWSLambdaFullAccess", "Allow"},
		{"arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole", ""},
		{"arn:aws:iam::123456789012:policy/AmazonS3FullAccess", ""},
		{"", ""},
	} {
		doc, ok := Managed(tc.arn)
		if ok != (tc.want != "") {
			t.Errorf("%s: found %v", tc.arn, ok)
			continue
		}
		if ok && doc.Statements[0].Effect.String() != tc.want {
			t.Errorf("%s: %v", tc.arn, doc.Statements[0].Effect)
		}
	}
	for name, want := range map[string]string{
		"AWSLambdaBasicExecutionRole":              "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
		"service-role/AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
		"AWSLambdaFullAccess":                      "arn:aws:iam::aws:policy/AWSLambdaFullAccess",
		"other/AWSLambdaBasicExecutionRole":        "",
		"NoSuchPolicy":                             "",
	} {
		if arn, ok := ManagedByName(name); arn != want || ok != (want != "") {
			t.Errorf("%s: %s %v", name, arn, ok)
		}
	}
}

// Every managed policy parses without a problem and prints back the same.
func TestManagedAllParse(t *testing.T) {
	all := ManagedARNs()
	if len(all) < 1600 {
		t.Fatalf("%d policies", len(all))
	}
	for _, arn := range all {
		doc, ok := Managed(arn)
		if !ok || doc == nil || len(doc.Statements) == 0 {
			t.Errorf("%s: cannot be opened", arn)
			continue
		}
		m, _ := managedByARN(arn)
		raw := managedPolicies().text(m)
		_, problems := policy.ParseJSON(arn, []byte(raw))
		for _, p := range problems {
			t.Errorf("%s: %s", arn, p)
		}
		printed, err := doc.MarshalJSON()
		if err != nil || !same(t, raw, string(printed)) {
			t.Errorf("%s: printed differently (%v)", arn, err)
		}
	}
}

func BenchmarkManagedOne(b *testing.B) {
	for b.Loop() {
		t := readManaged(managedFile)
		m, _ := t.find("AmazonS3FullAccess")
		t.document(m)
	}
}

func BenchmarkManagedWarm(b *testing.B) {
	for b.Loop() {
		Managed("arn:aws:iam::aws:policy/AmazonS3FullAccess")
	}
}

func BenchmarkOpenActions(b *testing.B) {
	for b.Loop() {
		t := readTable(inflate(servicesFile))
		_ = t.index["s3"].read()
	}
}
