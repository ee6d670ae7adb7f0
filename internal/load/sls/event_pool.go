package sls

import (
	"github.com/remit-security/remit/internal/source"
)

// senders are the triggers that get codes in clear text, encrypted with a key.
var senders = map[string]bool{"CustomSMSSender": true, "CustomEmailSender": true}

// poolEvent makes the function a trigger of a user pool: of one that the event
// makes, or of one that is there.
func (s *service) poolEvent(f *function, e event, _ int) {
	pool, trigger := e.get("pool"), e.get("trigger")
	if pool == nil || text(trigger) == "" {
		s.missing(f, e, "pool and trigger")
		return
	}
	if truthy(e.get("existing")) {
		s.existingPool(f, e, pool)
		return
	}
	label := alphaNumeric(shown(pool))
	id := "CognitoUserPool" + label
	r := s.made[id]
	if r == nil {
		r = s.add(e.span, f.from(), id, "AWS::Cognito::UserPool", obj(e.span, "UserPoolName", pool, "LambdaConfig", source.NewMap(e.span)))
	}
	config := r.props.Get("LambdaConfig")
	version := first(e.get("lambdaVersion"), source.NewString("V1_0", e.span))
	switch t := text(trigger); {
	case senders[t]:
		set(config, t, obj(e.span, "LambdaArn", f.target(e.span), "LambdaVersion", version))
		set(config, "KMSKeyID", e.get("kmsKeyId"))
	case t == "PreTokenGeneration" && e.get("lambdaVersion") != nil:
		set(config, "PreTokenGenerationConfig", obj(e.span, "LambdaArn", f.target(e.span), "LambdaVersion", version))
	default:
		set(config, t, f.target(e.span))
	}
	if f.aliasID != "" {
		r.depend(f.aliasID)
	} else {
		r.depend(f.id)
	}
	s.allow(f, normal(f.key)+"LambdaPermissionCognitoUserPool"+label+"TriggerSource"+alphaNumeric(text(trigger)), e.span,
		"cognito-idp.amazonaws.com", getAtt(e.span, id, "Arn"))
}

func (s *service) existingPool(f *function, e event, pool *node) {
	id := normal(f.key) + "CustomCognitoUserPool1"
	config := obj(e.span, "Trigger", e.get("trigger"))
	if senders[text(e.get("trigger"))] {
		set(config, "LambdaVersion", first(e.get("lambdaVersion"), source.NewString("V1_0", e.span)))
		set(config, "KMSKeyID", e.get("kmsKeyId"))
	}
	if r := s.made[id]; r != nil {
		configs := r.props.Get("UserPoolConfigs")
		configs.Items = append(configs.Items, config)
		return
	}
	if k := config.Get("KMSKeyID"); k != nil {
		s.handler(e.span, handlerPool, allowed(e.span, []string{"kms:CreateGrant"}, k))
	}
	handler := s.handler(e.span, handlerPool)
	if !s.noted["handler pool"] {
		s.noted["handler pool"] = true
		add := allowed(e.span, []string{"lambda:AddPermission"}, arn(e.span, "lambda", "function:*"))
		set(add, "Condition", obj(e.span, "StringEquals", obj(e.span, "lambda:Principal", "cognito-idp.amazonaws.com")))
		s.handler(e.span, handlerPool,
			allowed(e.span, []string{"cognito-idp:ListUserPools", "cognito-idp:DescribeUserPool", "cognito-idp:UpdateUserPool"}, "*"), add,
			allowed(e.span, []string{"lambda:RemovePermission"}, arn(e.span, "lambda", "function:*")),
			allowed(e.span, []string{"iam:PassRole"}, cat(e.span, "arn:", ref(e.span, "AWS::Partition"), ":iam::*:role/*")))
	}
	s.add(e.span, f.from(), id, "Custom::CognitoUserPool", obj(e.span, "ServiceToken", getAtt(e.span, handler, "Arn"), "FunctionName", f.name,
		"UserPoolName", pool, "UserPoolConfigs", list(e.span, config)), f.id, f.aliasID, handler)
	s.handedOver(f, e, "LambdaPermissionExistingPool", "cognito-idp.amazonaws.com", s.unknown("cognito-idp:"+shown(pool), e.span))
}
