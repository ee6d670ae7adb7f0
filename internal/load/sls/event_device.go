package sls

import (
	"strconv"

	"github.com/remit-security/remit/internal/source"
)

// alexaEvent lets a skill call the function.
func (s *service) alexaEvent(f *function, e event, number int) {
	app := e.main("appId")
	if plain(app) { // "- alexaSkill" without an id
		app = nil
	}
	id, principal := "LambdaPermissionAlexaSkill", "alexa-appkit.amazon.com"
	if e.kind == "alexaSmartHome" {
		id, principal = "LambdaPermissionAlexaSmartHome", "alexa-connectedhome.amazon.com"
	}
	p := s.allow(f, normal(f.key)+id+strconv.Itoa(number), e.span, principal, nil)
	set(p.props, "EventSourceToken", app)
	if isFalse(e.get("enabled")) {
		set(p.props, "Action", source.NewString("lambda:DisableInvokeFunction", e.span))
	}
}

// iotEvent calls the function for messages of devices.
func (s *service) iotEvent(f *function, e event, number int) {
	n := strconv.Itoa(number)
	id := normal(f.key) + "IotTopicRule" + n
	call := obj(e.span, "Lambda", obj(e.span, "FunctionArn", f.target(e.span)))
	rule := obj(e.span, "Sql", e.get("sql"), "AwsIotSqlVersion", e.get("sqlVersion"), "Description", e.get("description"),
		"RuleDisabled", isFalse(e.get("enabled")), "Actions", list(e.span, call))
	s.add(e.span, f.from(), id, "AWS::IoT::TopicRule", obj(e.span, "RuleName", e.get("name"), "TopicRulePayload", rule), f.aliasID)
	s.allow(f, normal(f.key)+"LambdaPermissionIotTopicRule"+n, e.span, "iot.amazonaws.com", arn(e.span, "iot", "rule/", ref(e.span, id)))
}

// fleetEvent calls the function before a device is registered.
func (s *service) fleetEvent(f *function, e event, _ int) {
	permission := normal(f.key) + "LambdaPermissionIotProvisioningTemplate"
	enabled := e.get("enabled")
	if enabled == nil {
		enabled = source.NewBool(true, e.span)
	}
	s.add(e.span, f.from(), normal(f.key)+"IotProvisioningTemplate", "AWS::IoT::ProvisioningTemplate", obj(e.span, "Enabled", enabled,
		"PreProvisioningHook", obj(e.span, "TargetArn", f.target(e.span)), "ProvisioningRoleArn", e.get("provisioningRoleArn"),
		"TemplateBody", asText(e.get("templateBody")), "TemplateName", e.get("templateName")), permission, f.aliasID)
	s.allow(f, permission, e.span, "iot.amazonaws.com", nil)
}
