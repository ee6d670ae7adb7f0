package app

import (
	"testing"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// namesFor are Names of which everything is known; a property that is not
// given is <Key>, one of the optional ones absent.
func namesFor(props map[string]string) Names {
	return Names{
		ID: "R", Name: value.Lit("orders"), Region: value.Lit("eu-west-1"), Account: value.Lit("111122223333"), Partition: value.Lit("aws"),
		Prop: func(key string) *value.Value {
			if s, ok := props[key]; ok {
				return value.NewText(value.Lit(s), source.Span{})
			}
			switch key {
			case "Path", "GroupName", "EventBusName", "ProtocolType", "Cluster", "Type":
				return nil
			}
			return value.NewText(value.Lit("<"+key+">"), source.Span{})
		},
	}
}

func TestNamings(t *testing.T) {
	tested := map[string]bool{}
	for _, c := range namingRows {
		tested[c.typ] = true
		if got := NameProperty(c.typ); got != c.name {
			t.Errorf("%s: name property %q, want %q", c.typ, got, c.name)
		}
		n := namesFor(nil)
		if got, _ := AttrText(c.typ, "Ref", n); got.String() != c.ref {
			t.Errorf("%s: Ref %s, want %s", c.typ, got, c.ref)
		}
		if got, _ := AttrText(c.typ, "Arn", n); got.String() != c.arn {
			t.Errorf("%s: Arn %s, want %s", c.typ, got, c.arn)
		}
		for attr := range namings[c.typ].attrs {
			if got, ok := AttrText(c.typ, attr, n); !ok || got.IsEmpty() && attr != "Type" {
				t.Errorf("%s: %s is empty", c.typ, attr)
			}
		}
	}
	for typ := range namings {
		if !tested[typ] {
			t.Errorf("%s has no test", typ)
		}
	}
}

func TestAttrText(t *testing.T) {
	for _, c := range []struct {
		typ, attr string
		props     map[string]string
		want      string
	}{
		{"AWS::DynamoDB::Table", "StreamArn", nil, "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/${R.Stream}"},
		{"AWS::S3::Bucket", "RegionalDomainName", nil, "orders.s3.eu-west-1.amazonaws.com"},
		{"AWS::SQS::Queue", "QueueUrl", nil, "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"},
		{"AWS::SNS::Topic", "TopicName", nil, "orders"},
		{"AWS::IAM::Role", "Arn", map[string]string{"Path": "/service/"}, "arn:aws:iam::111122223333:role/service/orders"},
		{"AWS::Events::Rule", "Arn", map[string]string{"EventBusName": "default"}, "arn:aws:events:eu-west-1:111122223333:rule/orders"},
		{"AWS::Events::Rule", "Arn", map[string]string{"EventBusName": "arn:aws:events:eu-west-1:111122223333:event-bus/shop"},
			"arn:aws:events:eu-west-1:111122223333:rule/shop/orders"},
		{"AWS::Events::Rule", "Ref", map[string]string{"EventBusName": "shop"}, "shop|orders"},
		{"AWS::Scheduler::Schedule", "Arn", map[string]string{"GroupName": "nightly"}, "arn:aws:scheduler:eu-west-1:111122223333:schedule/nightly/orders"},
		{"AWS::Lambda::Alias", "Ref", map[string]string{"FunctionName": "arn:aws:lambda:eu-west-1:111122223333:function:f"},
			"arn:aws:lambda:eu-west-1:111122223333:function:f:orders"},
		{"AWS::Lambda::Alias", "Ref", map[string]string{"FunctionName": "f"}, "arn:aws:lambda:eu-west-1:111122223333:function:f:orders"},
		{"AWS::ApiGatewayV2::Api", "ApiEndpoint", map[string]string{"ProtocolType": "WEBSOCKET"}, "wss://${R.Id}.execute-api.eu-west-1.amazonaws.com"},
		{"AWS::ApiGatewayV2::Api", "ApiEndpoint", map[string]string{"ProtocolType": "HTTP"}, "https://${R.Id}.execute-api.eu-west-1.amazonaws.com"},
		{"AWS::ECS::Service", "Ref", map[string]string{"Cluster": "arn:aws:ecs:eu-west-1:111122223333:cluster/main"},
			"arn:aws:ecs:eu-west-1:111122223333:service/main/orders"},
		{"AWS::IAM::OIDCProvider", "Ref", map[string]string{"Url": "https://ci.example.com"}, "arn:aws:iam::111122223333:oidc-provider/ci.example.com"},
		{"AWS::WAFv2::WebACL", "Arn", map[string]string{"Scope": "CLOUDFRONT"}, "arn:aws:wafv2:eu-west-1:111122223333:global/webacl/orders/${R.Id}"},
		{"AWS::SSM::Parameter", "Value", map[string]string{"Value": "on"}, "on"},
		{"AWS::KMS::Alias", "Arn", nil, "arn:aws:kms:eu-west-1:111122223333:orders"},
	} {
		if got, ok := AttrText(c.typ, c.attr, namesFor(c.props)); !ok || got.String() != c.want {
			t.Errorf("%s %s: %s, want %s", c.typ, c.attr, got, c.want)
		}
	}
	if got, ok := AttrText("AWS::SQS::Queue", "Depth", namesFor(nil)); ok {
		t.Errorf("an attribute that the table does not have gives %s", got)
	}
	for _, typ := range []string{"AWS::Nothing::Known", "Custom::Thing"} {
		if got, ok := AttrText(typ, "Ref", namesFor(nil)); ok {
			t.Errorf("the Ref of a type that the table does not have is %s", got)
		}
	}
	slash := namesFor(nil)
	slash.Name = value.Lit("/shop/orders")
	if got, _ := AttrText("AWS::SSM::Parameter", "Arn", slash); got.String() != "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/orders" {
		t.Errorf("parameter with a path: %s", got)
	}
	china := namesFor(nil)
	china.Partition = value.Lit("aws-cn")
	if got, _ := AttrText("AWS::SQS::Queue", "Ref", china); got.String() != "https://sqs.eu-west-1.amazonaws.com.cn/111122223333/orders" {
		t.Errorf("queue in China: %s", got)
	}
	open := Names{ID: "R", Name: value.Lit("orders")}
	if got, _ := AttrText("AWS::SQS::Queue", "Arn", open); got.String() != "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:orders" {
		t.Errorf("queue in an unknown place: %s", got)
	}
}

func TestGeneratedName(t *testing.T) {
	stack := value.Lit("Shop")
	for _, c := range []struct{ typ, want string }{
		{"AWS::SQS::Queue", "Shop-Orders-${a/Orders}"},
		{"AWS::S3::Bucket", "shop-orders-${a/Orders}"},
		{"AWS::KMS::Key", "${a/Orders}"},
		{"AWS::SecretsManager::Secret", "Orders-${a/Orders}"},
		{"Custom::Thing", "Shop-Orders-${a/Orders}"},
	} {
		if got := GeneratedName(c.typ, "Orders", "a/Orders", stack); got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.typ, got, c.want)
		}
	}
}
