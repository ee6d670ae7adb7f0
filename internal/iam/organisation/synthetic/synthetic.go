// Package synthetic owns made-up organisations for tests and benchmarks: what
// a large company's accounts look like, in numbers, with nothing of anybody's
// in it.
//
// It imports iam/organisation. The same seed and sizes give the same
// organisation, account by account: accounts are made when they are read and
// not kept. The proportions are guesses that are stated where they stand, not
// measurements.
package synthetic

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"

	"github.com/remit-security/remit/internal/iam/organisation"
)

// Sizes tell how large an organisation is.
type Sizes struct {
	Seed       uint64
	Accounts   int
	Principals int // of each account
	Resources  int // of each account
}

// New makes an organisation. Its documents that many principals share are
// shared here too.
func New(s Sizes) *organisation.Organisation {
	w := &world{sizes: s, shared: map[string]*organisation.Document{}}
	out := &organisation.Organisation{ID: "o-exampleorg"}
	for i := range s.Accounts {
		out.Accounts = append(out.Accounts, w.account(i))
	}
	return out
}

type world struct {
	sizes  Sizes
	shared map[string]*organisation.Document
}

// unit are the organisational units, each with a control policy of its own.
var units = []string{"security", "platform", "sandbox", "prod-retail", "prod-payments", "prod-data", "dev-retail", "dev-data"}

func accountID(i int) string { return fmt.Sprintf("%012d", 100000000001+i*7919) }

// ID is the id of the account with the number.
func ID(i int) string { return accountID(i) }

func (w *world) document(name, text string) *organisation.Document {
	d, ok := w.shared[name]
	if !ok {
		d = organisation.JSON(name, text)
		w.shared[name] = d
	}
	return d
}

func (w *world) managed(name string) organisation.Policy {
	arn := "arn:aws:iam::aws:policy/" + name
	d, ok := w.shared[arn]
	if !ok {
		d, _ = organisation.Managed(arn)
		w.shared[arn] = d
	}
	return organisation.Policy{ARN: arn, Document: d}
}

func (w *world) account(i int) organisation.Account {
	unit := units[i%len(units)]
	a := organisation.Account{ID: accountID(i), Path: "o-exampleorg/r-root/ou-" + unit + "/", Management: i == 0}
	full := w.document("FullAWSAccess", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
	a.SCP = [][]*organisation.Document{
		{full, w.document("scp-root", `{"Version":"2012-10-17","Statement":[
			{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"},
			{"Effect":"Deny","Action":["cloudtrail:StopLogging","cloudtrail:DeleteTrail"],"Resource":"*"},
			{"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::*:role/org/*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/org/*"}}}]}`)},
		{full, w.document("scp-"+unit, fmt.Sprintf(`{"Version":"2012-10-17","Statement":[
			{"Effect":"Deny","NotAction":["iam:*","sts:*","organizations:*","support:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1","us-east-%d"]}}}]}`, 1+len(unit)%2))},
		{full},
	}
	if unit == "sandbox" {
		a.SCP[2] = append(a.SCP[2], w.document("scp-no-users", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["iam:CreateUser","iam:CreateAccessKey"],"Resource":"*"}]}`))
	}
	if i%3 > 0 {
		a.RCP = [][]*organisation.Document{{w.document("rcp-perimeter", `{"Version":"2012-10-17","Statement":[
			{"Effect":"Deny","Principal":"*","Action":["s3:*","sqs:*","kms:*","secretsmanager:*"],"Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-exampleorg"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}]}`)}}
	}
	m := &maker{w: w, number: i, id: a.ID, unit: unit}
	a.Principals = m.principals()
	a.Resources = m.resources()
	return a
}

// A maker makes what one account has.
type maker struct {
	w      *world
	number int
	id     string
	unit   string
}

func (m *maker) random(stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(m.w.sizes.Seed, uint64(m.number)<<8|stream))
}

// teams are how many teams work in an account: one for each fifty principals.
func (m *maker) teams() int { return 1 + m.w.sizes.Principals/50 }

func (m *maker) team(n int) string { return numbered("team", n%m.teams(), 2) }

// service is the number of an application's function, of which a third of the
// principals are the roles.
func (m *maker) services() int { return max(1, m.w.sizes.Principals*3/10) }

func (m *maker) service(n int) string { return numbered(m.team(n)+"-svc", n, 3) }

// numbered is the name with the number in at least so many digits; millions are
// made, for which fmt would take longer than all else.
func numbered(name string, n, digits int) string {
	s := strconv.Itoa(n)
	if len(s) < digits {
		name += "00000"[:digits-len(s)]
	}
	return name + s
}

func (m *maker) resources() iter.Seq[organisation.Resource] {
	return func(yield func(organisation.Resource) bool) {
		r := m.random(2)
		for n := range m.w.sizes.Resources {
			if !yield(m.resource(n, r)) {
				return
			}
		}
		m.hosts(yield)
	}
}
