package aws_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/remit-security/remit/internal/app"
	"github.com/remit-security/remit/internal/value"
)

func TestRolePolicies(t *testing.T) {
	a := model(t, `
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
data "aws_iam_policy" "read" {
  name = "AmazonS3ReadOnlyAccess"
}
resource "aws_iam_role" "r" {
  name                 = "worker"
  path                 = "/apps/"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  managed_policy_arns  = ["arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"]
  permissions_boundary = aws_iam_policy.own.arn
  inline_policy {
    name   = "inline"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
  }
}
resource "aws_iam_policy" "own" {
  name   = "own"
  policy = <<EOF
{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}
EOF
}
resource "aws_iam_role_policy" "more" {
  role   = aws_iam_role.r.id
  policy = jsonencode({ Statement = [] })
}
resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.own.arn
}
resource "aws_iam_role_policy_attachment" "read" {
  role       = "worker"
  policy_arn = data.aws_iam_policy.read.arn
}
resource "aws_iam_policy_attachment" "many" {
  name       = "many"
  roles      = [aws_iam_role.r.name]
  users      = [aws_iam_user.u.name]
  groups     = [aws_iam_group.g.name]
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
resource "aws_iam_user" "u" {
  name = "ann"
}
resource "aws_iam_group" "g" {
  name = "admins"
}
resource "aws_iam_user_group_membership" "m" {
  user   = aws_iam_user.u.name
  groups = [aws_iam_group.g.name]
}
resource "aws_iam_access_key" "k" {
  user = aws_iam_user.u.name
}
resource "aws_iam_user_login_profile" "l" {
  user = aws_iam_user.u.name
}
`)
	r := app.AsRole(get(t, a, "aws_iam_role.r"))
	is(t, r.Trust().Get("Statement").Items()[0].Get("Principal", "Service").Items()[0], "lambda.amazonaws.com")
	if got := r.ARN().String(); got != "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/apps/worker" {
		t.Error(got)
	}
	var got []string
	for _, p := range r.Policies() {
		got = append(got, fmt.Sprintf("%d %s %s", p.Span.Line, p.ARN.Str(), p.Sure))
	}
	want := []string{
		"20  yes", // the inline block
		"18 arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess yes",
		"48 arn:aws:iam::aws:policy/AdministratorAccess yes",
		"37 arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/own yes",
		"41 arn:${AWS::Partition}:iam::aws:policy/AmazonS3ReadOnlyAccess yes",
		"32  yes", // the resource
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, p := range r.Policies() {
		if p.ARN.Str() == "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/own" && p.Document.Get("Statement").Items()[0].Get("Action").Str() != "sqs:*" {
			t.Error("the attached policy has no document")
		}
	}
	boundary, ok := r.BoundaryPolicy()
	if !ok || boundary.Document == nil {
		t.Error("no boundary")
	}

	u := app.AsUser(get(t, a, "aws_iam_user.u"))
	if g := u.Groups(); len(g) != 1 || g[0].Name.String() != "admins" || len(g[0].Policies()) != 1 {
		t.Error(g)
	}
	if len(u.Policies()) != 1 || len(u.AccessKeys()) != 1 || u.Get("LoginProfile").Exists() != value.Yes {
		t.Error(u.Policies(), u.AccessKeys())
	}
}

// A policy document in blocks is the document that Terraform makes of it.
func TestPolicyDocument(t *testing.T) {
	a := model(t, `
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Same"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
  statement {
    sid       = "Kept"
    effect    = "Deny"
    actions   = ["s3:DeleteObject"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "over" {
  statement {
    sid       = "Kept"
    actions   = ["sns:Publish"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "all" {
  policy_id                 = "id"
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [data.aws_iam_policy_document.over.json]
  statement {
    sid         = "Same"
    not_actions = ["s3:PutObject"]
    resources   = ["arn:aws:s3:::b/&{aws:username}/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = ["o-1"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["1", "2"]
    }
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
  }
  statement {
    actions   = ["*"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.all.json
}
`)
	doc := get(t, a, "aws_iam_policy.p").Get("PolicyDocument")
	is(t, doc.Get("Version"), "2012-10-17")
	is(t, doc.Get("Id"), "id")
	s := doc.Get("Statement").Items()
	if len(s) != 3 {
		t.Fatalf("%d statements", len(s))
	}
	is(t, s[0].Get("Sid"), "Same")
	is(t, s[0].Get("NotAction").Items()[0], "s3:PutObject")
	is(t, s[0].Get("Resource").Items()[0], "arn:aws:s3:::b/${aws:username}/*")
	is(t, s[0].Get("Condition", "StringEquals", "aws:PrincipalOrgID").Items()[0], "o-1")
	is(t, s[0].Get("Condition", "StringEquals", "aws:SourceAccount").Items()[1], "2")
	is(t, s[0].Get("Principal", "AWS").Items()[0], "*")
	is(t, s[0].Get("Principal", "Service").Items()[0], "s3.amazonaws.com")
	is(t, s[1].Get("Sid"), "Kept")
	is(t, s[1].Get("Effect"), "Allow")
	is(t, s[1].Get("Action").Items()[0], "sns:Publish")
	is(t, s[2].Get("Principal"), "*")
	line(t, s[1].Get("Action").Items()[0], 18)
	line(t, s[0], 26)
}

// What is not known about an attachment leaves it unknown, never absent.
func TestMaybeAttached(t *testing.T) {
	a := model(t, `
variable "admin" {
  type = bool
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy_attachment" "a" {
  count      = var.admin ? 1 : 0
  role       = aws_iam_role.r.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
resource "aws_iam_role_policy_attachment" "elsewhere" {
  role       = "other"
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
`)
	p := app.AsRole(get(t, a, "aws_iam_role.r")).Policies()
	if len(p) != 1 || p[0].Sure != value.Unknown || p[0].ARN.Str() != "arn:aws:iam::aws:policy/AdministratorAccess" {
		t.Errorf("%v", p)
	}
	if r := get(t, a, "aws_iam_role_policy_attachment.elsewhere"); r.Type != "aws_iam_role_policy_attachment" {
		t.Error(r.Type)
	}
}

// Names that the provider makes have their known beginning.
func TestNames(t *testing.T) {
	a := model(t, `
resource "aws_iam_role" "prefixed" {
  name_prefix        = "app-"
  assume_role_policy = "{}"
}
resource "aws_iam_role" "nameless" {
  assume_role_policy = "{}"
}
`)
	for address, beginning := range map[string]string{"aws_iam_role.prefixed": "app-", "aws_iam_role.nameless": "terraform-"} {
		name := get(t, a, address).Name
		if name.HasPrefix(beginning) != value.Yes || name.IsKnown() {
			t.Errorf("%s is called %s", address, name)
		}
	}
}
