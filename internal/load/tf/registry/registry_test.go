package registry

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func TestModule(t *testing.T) {
	for _, c := range []struct {
		source, submodule string
		known             bool
	}{
		{"terraform-aws-modules/lambda/aws", "", true},
		{"registry.terraform.io/terraform-aws-modules/lambda/aws", "", true},
		{"registry.opentofu.org/terraform-aws-modules/sqs/aws", "", true},
		{"terraform-aws-modules/s3-bucket/aws", "modules/notification", true},
		{"github.com/terraform-aws-modules/terraform-aws-lambda?ref=v1", "", true},
		{"git::https://github.com/terraform-aws-modules/terraform-aws-iam.git", "modules/iam-policy?ref=v5", true},
		{"git@github.com:terraform-aws-modules/terraform-aws-sns.git", "", true},
		{"terraform-aws-modules/vpc/aws", "", false},
		{"terraform-aws-modules/lambda/aws", "modules/deploy", false},
		{"evil.example/terraform-aws-modules/lambda/aws", "", false},
		{"someone/lambda/aws", "", false},
		{"./lambda", "", false},
	} {
		text, known := Module(c.source, c.submodule)
		if known != c.known || known != (len(text) > 0) {
			t.Errorf("%s//%s: known %t, want %t", c.source, c.submodule, known, c.known)
		}
	}
}

// TestSketches holds every sketch to the language and to itself: each variable
// that it reads is declared, and each is read or explained.
func TestSketches(t *testing.T) {
	files, err := fs.Glob(modules, "modules/*.tf")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d sketches, %v", len(files), err)
	}
	for _, name := range files {
		text, _ := fs.ReadFile(modules, name)
		file, diags := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
		if diags.HasErrors() {
			t.Errorf("%s: %v", name, diags)
			continue
		}
		declared := map[string]bool{}
		for _, b := range file.Body.(*hclsyntax.Body).Blocks {
			if b.Type == "variable" {
				declared[b.Labels[0]] = true
			}
		}
		hclsyntax.VisitAll(file.Body.(*hclsyntax.Body), func(n hclsyntax.Node) hcl.Diagnostics {
			if e, ok := n.(*hclsyntax.ScopeTraversalExpr); ok && e.Traversal.RootName() == "var" {
				if a, ok := e.Traversal[1].(hcl.TraverseAttr); ok && !declared[a.Name] {
					t.Errorf("%s:%d: var.%s is not declared", name, a.SrcRange.Start.Line, a.Name)
				}
			}
			return nil
		})
		if strings.Contains(string(text), "\t") {
			t.Errorf("%s: has tabs", name)
		}
	}
}
