package cfn

import (
	"strings"

	"github.com/remit-security/remit/internal/value"
)

// A named is the physical name of a resource while it is found and after.
type named struct {
	text value.Text
	done bool
}

// physicalName is the deployed name of a resource: the one that the template
// gives, or the one that CloudFormation makes up.
func (s *stack) physicalName(logical string) value.Text {
	n := s.names[logical]
	if n == nil {
		n = &named{text: value.Hole(s.prefix + logical)}
		s.names[logical] = n
		n.text = s.findName(logical)
		n.done = true
		return n.text
	}
	if !n.done {
		s.problem(s.declared(logical), "the name of %s depends on itself; it stays unresolved", logical)
	}
	return n.text
}

func (s *stack) findName(logical string) value.Text {
	typ := s.typeOf(logical)
	if key := nameProperty(typ); key != "" {
		if n := s.resource(logical).Path("Properties", key); n != nil {
			if v := s.eval(n); v.Exists() != value.No {
				if t, ok := scalar(v); ok {
					return t
				}
			}
		}
	}
	return s.generatedName(logical, typ)
}

// generatedName is the name that CloudFormation makes: the stack's name, the
// logical id and a random tail.
func (s *stack) generatedName(logical, typ string) value.Text {
	text := value.Concat(s.name, value.Lit("-"+logical+"-"), value.Fresh(s.prefix+logical+".suffix"))
	if typ == "AWS::S3::Bucket" {
		return text.Map(strings.ToLower)
	}
	return text
}

// nameProperty is the property that names resources of a type.
func nameProperty(typ string) string {
	switch typ {
	case "AWS::S3::Bucket":
		return "BucketName"
	case "AWS::Lambda::Function":
		return "FunctionName"
	case "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable":
		return "TableName"
	case "AWS::SQS::Queue":
		return "QueueName"
	case "AWS::SNS::Topic":
		return "TopicName"
	case "AWS::IAM::Role":
		return "RoleName"
	}
	return ""
}

// attributeText is what is known of the text of an attribute.
func (s *stack) attributeText(logical, typ, attr string) value.Text {
	if attr == "Ref" {
		return s.physicalName(logical)
	}
	return value.Hole(s.prefix + logical + "." + attr)
}
