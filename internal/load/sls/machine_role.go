package sls

import (
	"strings"

	"github.com/remit-security/remit/internal/load/cfn/intrinsic"
	"github.com/remit-security/remit/internal/source"
)

// machineRole makes the role that the plug-in derives from the tasks of a
// definition.
func (s *service) machineRole(m *machine, definition *node, id string) {
	c := m.config
	st := source.NewList(m.span)
	grant := func(n *node, actions string, resource any) {
		st.Items = append(st.Items, allowed(n.Span, strings.Fields(actions), resource))
	}
	if definition != nil && !plain(definition) {
		s.problem(definition.Span, "what the state machine %s may do is not known: its definition is no map", m.key)
		st.Items = append(st.Items, s.unknown("statements of "+m.key, definition.Span))
	}
	s.tasks(get(definition, "States"), 0, func(state *node) { s.task(m, state, st, grant) })
	if n := get(c, "loggingConfig"); n != nil {
		grant(n, "logs:CreateLogDelivery logs:GetLogDelivery logs:UpdateLogDelivery logs:DeleteLogDelivery logs:ListLogDeliveries logs:PutResourcePolicy logs:DescribeResourcePolicies logs:DescribeLogGroups", "*")
	}
	if n := get(c, "tracingConfig"); n != nil {
		grant(n, "xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets", "*")
	}
	if n := get(c, "encryptionConfig", "KmsKeyId"); n != nil {
		grant(n, "kms:Decrypt kms:Encrypt", n)
	}
	st.Items = append(st.Items, items(get(c, "iamRoleStatements"))...)
	if len(st.Items) == 0 {
		st.Items = append(st.Items, obj(m.span, "Effect", "Deny", "Action", "*", "Resource", "*"))
	}
	principal := cat(m.span, "states.", ref(m.span, "AWS::Region"), ".amazonaws.com")
	s.add(m.span, m.from(), id, "AWS::IAM::Role", obj(m.span, "AssumeRolePolicyDocument", policy(m.span, obj(m.span, "Effect", "Allow",
		"Principal", obj(m.span, "Service", principal), "Action", "sts:AssumeRole")), "Path", s.setting("iam", "role", "path"),
		"PermissionsBoundary", s.setting("rolePermissionsBoundary"),
		"Policies", list(m.span, obj(m.span, "PolicyName", joinedBy(m.span, "-", s.stage, s.name, "statemachine"),
			"PolicyDocument", obj(m.span, "Version", "2012-10-17", "Statement", st)))))
}

// tasks calls visit for every task of the states, those inside of others too.
func (s *service) tasks(states *node, depth int, visit func(state *node)) {
	if !plain(states) || depth > maxDepth {
		return
	}
	for _, f := range states.Fields {
		switch n := f.Value; text(n.Get("Type")) {
		case "Task":
			visit(n)
		case "Parallel":
			for _, b := range items(get(n, "Branches")) {
				s.tasks(b.Get("States"), depth+1, visit)
			}
		case "Map":
			s.tasks(first(get(n, "ItemProcessor"), get(n, "Iterator")).Get("States"), depth+1, visit)
			for _, key := range []string{"ItemReader", "ResultWriter"} {
				if io := get(n, key); io != nil {
					visit(io)
				}
			}
		}
	}
}

// integrations are the calls that the plug-in grants, with the argument that
// names what they are made on: for a table its name, else an ARN. Without one
// they are granted on everything.
var integrations = map[string]struct{ actions, argument string }{
	"sqs:sendMessage":                {"sqs:SendMessage", "QueueUrl"},
	"sns:publish":                    {"sns:Publish", "TopicArn"},
	"dynamodb:updateItem":            {"dynamodb:UpdateItem", "TableName"},
	"dynamodb:putItem":               {"dynamodb:PutItem", "TableName"},
	"dynamodb:getItem":               {"dynamodb:GetItem", "TableName"},
	"dynamodb:deleteItem":            {"dynamodb:DeleteItem", "TableName"},
	"dynamodb:updateTable":           {"dynamodb:UpdateTable", "TableName"},
	"dynamodb:query":                 {"dynamodb:Query", "TableName"},
	"dynamodb:scan":                  {"dynamodb:Scan", "TableName"},
	"lambda:invoke":                  {"lambda:InvokeFunction", "FunctionName"},
	"states:startExecution":          {"states:StartExecution", "StateMachineArn"},
	"batch:submitJob":                {"batch:SubmitJob batch:DescribeJobs batch:TerminateJob", ""},
	"glue:startJobRun":               {"glue:StartJobRun glue:GetJobRun glue:GetJobRuns glue:BatchStopJobRun", ""},
	"ecs:runTask":                    {"ecs:RunTask ecs:StopTask ecs:DescribeTasks ecs:TagResource iam:PassRole", ""},
	"http:invoke":                    {"states:InvokeHTTPEndpoint", ""},
	"sesv2:sendEmail":                {"ses:SendEmail", ""},
	"s3:getObject":                   {"s3:GetObject", "Bucket"},
	"s3:putObject":                   {"s3:PutObject", "Bucket"},
	"redshiftdata:executeStatement":  {"redshift-data:ExecuteStatement", ""},
	"redshiftdata:describeStatement": {"redshift-data:DescribeStatement", ""},
}

// task grants what one task needs.
func (s *service) task(m *machine, state, st *node, grant func(n *node, actions string, resource any)) {
	res := get(state, "Resource")
	if res == nil {
		return
	}
	name := shown(res)
	if _, call, ok := strings.Cut(name, ":states:::"); ok {
		call = strings.TrimPrefix(call, "aws-sdk:")
		call, how, _ := strings.Cut(call, ".")
		i, known := integrations[call]
		if !known {
			s.problem(res.Span, "what the plug-in lets the state machine %s do for %s is not known to remit; the role's policy stays open", m.key, quote(name))
			st.Items = append(st.Items, s.unknown("statement for "+call, res.Span))
			return
		}
		grant(res, i.actions, s.taskTarget(state, i.argument))
		if call == "states:startExecution" && strings.HasPrefix(how, "sync") {
			grant(res, "states:DescribeExecution states:StopExecution", "*")
			grant(res, "events:PutTargets events:PutRule events:DescribeRule", arn(res.Span, "events", "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"))
		}
		return
	}
	if isFn(res) || strings.Contains(name, ":lambda:") {
		grant(res, "lambda:InvokeFunction", list(res.Span, res, cat(res.Span, res, ":*")))
		return
	}
	s.problem(res.Span, "the state machine %s has a task %s that remit does not know", m.key, quote(name))
}

// taskTarget is what a task is allowed to be made on.
func (s *service) taskTarget(state *node, argument string) *node {
	span := state.Span
	all := source.NewString("*", span)
	n := first(get(state, "Parameters", argument), get(state, "Arguments", argument))
	if argument == "" || n == nil {
		return all
	}
	name, arg, call := intrinsic.Of(n)
	switch argument {
	case "TableName", "QueueUrl":
		if call && name == "Ref" {
			return getAtt(n.Span, text(arg), "Arn")
		}
		if argument == "TableName" {
			return arn(n.Span, "dynamodb", "table/", n)
		}
		if cut := strings.Split(text(n), "/"); !call && len(cut) == 5 {
			host := strings.Split(cut[2], ".")
			if len(host) > 1 {
				return cat(n.Span, "arn:", ref(n.Span, "AWS::Partition"), ":sqs:"+host[1]+":"+cut[3]+":"+cut[4])
			}
		}
		return all
	case "Bucket":
		key := first(get(state, "Parameters", "Key"), source.NewString("*", span))
		return cat(n.Span, "arn:", ref(n.Span, "AWS::Partition"), ":s3:::", n, "/", key)
	case "FunctionName":
		if call && name == "Ref" {
			n = getAtt(n.Span, text(arg), "Arn")
		} else if n.IsScalar() && !strings.HasPrefix(n.Text, "arn:") {
			n = arn(n.Span, "lambda", "function:", n)
		}
		return list(n.Span, n, cat(n.Span, n, ":*"))
	}
	return n
}
