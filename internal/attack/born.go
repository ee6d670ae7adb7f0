package attack

import (
	"slices"
	"strings"

	"github.com/remit-security/remit/internal/iam"
	"github.com/remit-security/remit/internal/iam/catalogue"
	"github.com/remit-security/remit/internal/value"
)

// What is new has the tags that it is given when it is made, and no others:
// whoever makes it chooses them, as far as it may tag.

// births are the tags that something new may be given so that a row works: none
// first, then those that conditions on its needs ask for.
func (b *building) births(r *row, id *identity) []*retag {
	out := []*retag{nil}
	var actions []string
	for _, n := range r.needs {
		if n.on == onAnything {
			actions = append(actions, n.permissions()...)
		}
	}
	for _, t := range b.askedOf(id, nil).tags {
		if t.own || !slices.ContainsFunc(actions, func(a string) bool { return covers(t.statement, a) }) {
			continue
		}
		for _, v := range t.values[:min(len(t.values), 4)] {
			v, ok := b.resolved(v, id)
			if ok && !slices.ContainsFunc(out[1:], func(o *retag) bool { return strings.EqualFold(o.key, t.tag) && o.value.Equal(v) == value.Yes }) {
				out = append(out, &retag{key: t.tag, value: v})
			}
		}
	}
	return out
}

// setBorn sets the tags of something new: as those of the resource, and where it
// is made as those of the request.
func (b *building) setBorn(c *iam.Context, x attempt, action string) {
	for _, t := range b.askedOf(x.id, nil).tags {
		switch {
		case t.own:
		case x.born != nil && strings.EqualFold(x.born.key, t.tag) && !makes(action):
			c.SetText(t.key, x.born.value)
		default:
			c.Absent(t.key)
		}
	}
	if x.born != nil && makes(action) {
		c.Set("aws:TagKeys", x.born.key)
		c.SetText("aws:RequestTag/"+x.born.key, x.born.value)
	}
}

// makes tells whether an action makes something: it has no tags before.
func makes(action string) bool {
	_, name, _ := strings.Cut(action, ":")
	return slices.ContainsFunc([]string{"Create", "Register", "RunInstances", "Request"}, func(p string) bool { return strings.HasPrefix(name, p) })
}

// tagsNew asks for the right to tag what a row makes.
func (b *building) tagsNew(h *hop, x attempt) bool {
	for _, n := range x.needs {
		a := n.permissions()[0]
		if n.on != onAnything || !makes(a) {
			continue
		}
		service, name, _ := strings.Cut(a, ":")
		tagging := service + ":TagResource"
		switch service {
		case "iam":
			tagging = "iam:Tag" + strings.TrimPrefix(name, "Create")
		case "ec2":
			tagging = "ec2:CreateTags"
		case "sagemaker":
			tagging = "sagemaker:AddTags"
		}
		if _, ok := catalogue.ActionOf(tagging); !ok {
			continue
		}
		ans := b.may(x.id, query{action: tagging, arn: b.chosenName(x.id, tagging, x.needs), set: func(c *iam.Context) {
			c.Set("aws:TagKeys", x.born.key)
			c.SetText("aws:RequestTag/"+x.born.key, x.born.value)
			c.Set("ec2:CreateAction", name)
			for _, t := range b.askedOf(x.id, nil).tags {
				if !t.own {
					c.Absent(t.key)
				}
			}
		}})
		if ans.holds == value.No || len(ans.statements) == 0 {
			return false
		}
		h.granted = append(h.granted, granted{match: ans.statements[0], action: tagging, given: x.born.key + "=" + x.born.value.String()})
		b.answered(h, ans)
	}
	return true
}
