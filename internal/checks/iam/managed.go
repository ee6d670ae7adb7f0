package iam

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/iam/policy"
	"github.com/remit-security/remit/internal/rule"
	"github.com/remit-security/remit/internal/value"
)

// A managed policy that is broader than a role of an application needs.
type broad struct {
	name     string
	effect   string
	severity rule.Severity
}

// effects say in effect what AWS's policies allow, by their name without path.
var effects = map[string]broad{
	"AmazonS3FullAccess":               {effect: "read, change and delete every bucket and its policy", severity: rule.High},
	"AmazonS3ReadOnlyAccess":           {effect: "read every object of every bucket", severity: rule.Medium},
	"AWSLambda_FullAccess":             {effect: "change the code of every function and pass roles to new ones", severity: rule.High},
	"AWSLambdaFullAccess":              {effect: "change the code of every function and use every table, bucket and queue", severity: rule.High},
	"AWSLambdaRole":                    {effect: "invoke every function", severity: rule.Medium},
	"AWSLambdaExecute":                 {effect: "read and write the objects of every bucket", severity: rule.High},
	"AWSLambdaInvocation-DynamoDB":     {effect: "invoke every function and read every stream", severity: rule.Medium},
	"AmazonDynamoDBFullAccess":         {effect: "read, change and delete every table", severity: rule.High},
	"AmazonDynamoDBFullAccess_v2":      {effect: "read, change and delete every table", severity: rule.High},
	"AmazonDynamoDBReadOnlyAccess":     {effect: "read every table", severity: rule.Medium},
	"AmazonSESFullAccess":              {effect: "send mail as any verified identity and change them", severity: rule.Medium},
	"AmazonCognitoPowerUser":           {effect: "change every user pool, its users and their groups", severity: rule.High},
	"SecretsManagerReadWrite":          {effect: "read and change every secret", severity: rule.High},
	"AmazonSSMFullAccess":              {effect: "read every parameter and run commands on every managed machine", severity: rule.High},
	"AmazonSSMReadOnlyAccess":          {effect: "read every parameter", severity: rule.Medium},
	"AWSKeyManagementServicePowerUser": {effect: "make keys and grant their use", severity: rule.High},
	"AmazonSQSFullAccess":              {effect: "read, send, delete and open every queue", severity: rule.Medium},
	"AmazonSNSFullAccess":              {effect: "publish to, subscribe to and open every topic", severity: rule.Medium},
	"AWSStepFunctionsFullAccess":       {effect: "change every state machine, and run it with its role", severity: rule.High},
	"AmazonEC2FullAccess":              {effect: "start, change and stop every machine and network", severity: rule.High},
	"AmazonRDSFullAccess":              {effect: "change and delete every database", severity: rule.High},
	"AmazonRDSDataFullAccess":          {effect: "query every Aurora database that has a secret of the account", severity: rule.High},
	"AmazonEventBridgeFullAccess":      {effect: "put events on every bus and change every rule", severity: rule.Medium},
	"AmazonAPIGatewayAdministrator":    {effect: "change every API and its authorisers", severity: rule.High},
	"AmazonAPIGatewayInvokeFullAccess": {effect: "call every API that trusts IAM", severity: rule.Medium},
	"ReadOnlyAccess":                   {effect: "read the data of every service", severity: rule.High},
	"CloudWatchLogsFullAccess":         {effect: "read and delete every log", severity: rule.Low},
	"CloudWatchFullAccess":             {effect: "read and delete every log, metric and alarm", severity: rule.Low},
	"CloudWatchFullAccessV2":           {effect: "read and delete every log, metric and alarm", severity: rule.Low},
	"AmazonBedrockFullAccess":          {effect: "call every model and change every agent, at the account's expense", severity: rule.Medium},
}

// handled are left to the rule on administrators.
var handled = []string{"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"}

// broadPolicy tells whether a managed policy of AWS is broader than a role of
// an application needs, and what it allows in effect: by the table, or, for
// other policies of full access, by its own document.
func broadPolicy(arn *value.Value) (broad, bool) {
	path := rule.ManagedPolicyName(arn)
	name := path[strings.LastIndexByte(path, '/')+1:]
	if name == "" {
		return broad{}, false
	}
	for _, h := range handled {
		if h == name {
			return broad{}, false
		}
	}
	if b, ok := effects[name]; ok {
		b.name = name
		return b, true
	}
	if strings.HasPrefix(path, "service-role/") || !strings.Contains(name, "FullAccess") && !strings.Contains(name, "PowerUser") {
		return broad{}, false
	}
	doc, ok := catalogue.Managed("arn:aws:iam::aws:policy/" + path)
	if !ok {
		return broad{name, "what its name says, on every resource", rule.Medium}, true
	}
	services, data := wholeServices(doc)
	if len(services) == 0 {
		return broad{}, false
	}
	severity := rule.Low
	if data {
		severity = rule.Medium
	}
	return broad{name, "do " + rule.Enumerate(services, 3) + " on every resource", severity}, true
}

// mayBeAdmin tells whether a managed policy may turn out to be one that makes
// its holder an administrator: nothing is known of it, or a condition chooses.
func mayBeAdmin(arn *value.Value) bool {
	if len(arn.Choices()) > 0 {
		return slices.ContainsFunc(arn.Choices(), func(v *value.Value) bool {
			name := rule.ManagedPolicyName(v)
			return name == "AdministratorAccess" || name == "IAMFullAccess" || mayBeAdmin(v)
		})
	}
	return arn.Kind() == value.Unresolved || !arn.Text().IsEmpty() && blank(policy.Item{Text: arn.Text(), Refs: arn.Refs()})
}

// wholeServices lists the services of which a document allows everything, and
// tells whether one of them holds data or rights.
func wholeServices(doc *policy.Document) (services []string, data bool) {
	for i := range doc.Statements {
		g := grant{Statement: &doc.Statements[i]}
		if g.allows().And(g.everywhere()) != value.Yes {
			continue
		}
		for _, a := range g.Action.Items {
			service, name := policy.SplitAction(a.String())
			if name != "*" || service == "" {
				continue
			}
			services = append(services, a.String())
			_, sensitive := wholeService(a)
			data = data || sensitive
		}
	}
	return services, data
}
