package cfn

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// lookup finds an intrinsic function by its long name.
func lookup(name string) function {
	switch name {
	case "Ref":
		return (*stack).fnRef
	case "Fn::GetAtt":
		return (*stack).fnGetAtt
	case "Fn::Sub":
		return (*stack).fnSub
	case "Fn::Join":
		return (*stack).fnJoin
	case "Fn::Split":
		return (*stack).fnSplit
	case "Fn::Select":
		return (*stack).fnSelect
	case "Fn::FindInMap":
		return (*stack).fnFindInMap
	case "Fn::If":
		return (*stack).fnIf
	case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals":
		return conditionFunction(name)
	case "Fn::ImportValue":
		return (*stack).fnImportValue
	case "Fn::GetAZs":
		return (*stack).fnGetAZs
	case "Fn::Base64":
		return (*stack).fnBase64
	case "Fn::Cidr":
		return (*stack).fnCidr
	case "Fn::Transform":
		return (*stack).fnTransform
	case "Fn::GetStackOutput":
		return (*stack).fnGetStackOutput
	case "Fn::Length":
		return (*stack).fnLength
	case "Fn::ToJsonString":
		return (*stack).fnToJSONString
	}
	return nil
}

// maxWritten bounds the text that the functions of one application write, far
// above what the largest template holds.
const maxWritten = 64 << 20

// spend notes that a function writes so many bytes; it reports false, with a
// problem the first time, where functions have written too much.
func (s *stack) spend(bytes int, span source.Span) bool {
	if s.written > maxWritten {
		return false
	}
	if s.written += bytes; s.written > maxWritten {
		s.problem(span, "the template puts together more than %d MB of text; from here on texts stay unresolved", maxWritten>>20)
		return false
	}
	return true
}

// unwritten is the value of a function that has nothing to spend.
func unwritten(span source.Span, refs ...value.Ref) *value.Value {
	return value.NewUnresolved("a text at "+span.String(), span, refs)
}

// bytesOf is what a text takes in memory, holes included.
func bytesOf(t value.Text) int {
	size := 0
	for _, p := range t.Parts() {
		size += len(p.Lit) + len(p.Hole) + 1
	}
	return size
}

// join is joinTexts within the bounds of one application.
func (s *stack) join(parts []*value.Value, sep value.Text, span source.Span) *value.Value {
	if len(parts) > 1 {
		size := (len(parts) - 1) * bytesOf(sep)
		for _, p := range parts {
			t, _ := scalar(p)
			size += bytesOf(t)
		}
		if !s.spend(size, span) {
			return unwritten(span)
		}
	}
	return joinTexts(parts, sep, span)
}

// joinTexts concatenates scalars into one value that keeps their references.
// What is exactly one reference stays one.
func joinTexts(parts []*value.Value, sep value.Text, span source.Span) *value.Value {
	if len(parts) == 1 && parts[0].Kind() != value.Absent {
		if t, ok := scalar(parts[0]); ok {
			if ref, whole := parts[0].Ref(); whole {
				return value.NewRef(t, span, ref)
			}
			return value.NewText(dynamic(t), span, parts[0].Refs()...)
		}
	}
	var texts []value.Text
	var refs []value.Ref
	size := 0
	for i, p := range parts {
		if i > 0 && !sep.IsEmpty() {
			texts = append(texts, sep)
		}
		t, _ := scalar(p)
		texts = append(texts, t)
		refs = appendRefs(refs, p.Refs())
		size += bytesOf(t)
	}
	if size > maxText {
		return value.NewUnresolved("a text of "+strconv.Itoa(size)+" bytes at "+span.String(), span, refs)
	}
	return value.NewText(dynamic(value.Concat(texts...)), span, refs...)
}

// Bounds of one text: names made of names could double with every step.
const (
	maxText = 1 << 20
	maxRefs = 1000
)

// appendRefs adds the references that are not there yet.
func appendRefs(refs, more []value.Ref) []value.Ref {
	for _, r := range more {
		if len(refs) < maxRefs && !slices.Contains(refs, r) {
			refs = append(refs, r)
		}
	}
	return refs
}

func (s *stack) fnJoin(arg *source.Node, span source.Span) *value.Value {
	if !arg.Is(source.ListNode) || len(arg.Items) != 2 {
		return s.wrong("Fn::Join", span, "a list of a delimiter and a list of values")
	}
	delim, ok := scalar(s.eval(arg.Items[0]))
	list := s.eval(arg.Items[1])
	if !ok {
		return s.wrong("Fn::Join", span, "the delimiter must be a string")
	}
	switch list.Kind() {
	case value.Unresolved:
		return value.NewText(value.Hole("Join "+shorten(list.Why())), span, list.Refs()...)
	case value.List:
	case value.String, value.Number, value.Bool:
		return s.join([]*value.Value{list}, delim, span)
	default:
		return s.wrong("Fn::Join", span, "the second element must be a list of values")
	}
	for _, it := range list.Items() {
		if _, ok := scalar(it); !ok {
			return s.wrong("Fn::Join", it.Span(), "each value to join must be a string, not a "+it.Kind().String())
		}
	}
	return s.join(list.Items(), delim, span)
}

// opaque tells whether a hole may hold the separator: pseudo parameters that
// are plain words cannot hold one of : / or ,.
func opaque(t value.Text, sep string) bool {
	for _, p := range t.Parts() {
		switch hole, _, _ := strings.Cut(p.Hole, " "); hole {
		case "", "AWS::AccountId", "AWS::Partition":
		case "AWS::Region", "AWS::StackName":
			if strings.Contains(sep, "-") {
				return true
			}
		case "AWS::URLSuffix":
			if strings.Contains(sep, ".") {
				return true
			}
		default:
			if !p.Fresh || strings.Contains(sep, "-") {
				return true
			}
		}
	}
	return false
}

func (s *stack) fnSplit(arg *source.Node, span source.Span) *value.Value {
	if !arg.Is(source.ListNode) || len(arg.Items) != 2 {
		return s.wrong("Fn::Split", span, "a list of a delimiter and a string")
	}
	sep, known := s.eval(arg.Items[0]).Known()
	from := s.eval(arg.Items[1])
	text, ok := scalar(from)
	if !ok {
		return s.wrong("Fn::Split", span, "the second element must be a string, not a "+from.Kind().String())
	}
	if !known || sep == "" {
		return s.wrong("Fn::Split", span, "the delimiter must be a string that is not empty")
	}
	if from.Kind() == value.Unresolved || opaque(text, sep) {
		return value.NewUnresolved("Split "+shorten(text.String())+" at "+shorten(sep), span, from.Refs())
	}
	const item = 256 // bytes of one value, about
	if !s.spend(bytesOf(text)+item*pieces(text, sep), span) {
		return unwritten(span, from.Refs()...)
	}
	var items []*value.Value
	for _, piece := range splitText(text, sep) {
		items = append(items, value.NewText(piece, span, from.Refs()...))
	}
	return value.NewList(items, span)
}

// pieces is how often the separator stands in the literal parts.
func pieces(t value.Text, sep string) int {
	n := 0
	for _, p := range t.Parts() {
		n += strings.Count(p.Lit, sep)
	}
	return n
}

// splitText cuts at every separator that stands in a literal part.
func splitText(t value.Text, sep string) []value.Text {
	var out, cur []value.Text
	for _, p := range t.Parts() {
		if p.Hole != "" {
			one := value.Hole(p.Hole)
			if p.Fresh {
				one = value.Fresh(p.Hole)
			}
			cur = append(cur, one)
			continue
		}
		pieces := strings.Split(p.Lit, sep)
		for i, piece := range pieces {
			cur = append(cur, value.Lit(piece))
			if i < len(pieces)-1 {
				out = append(out, value.Concat(cur...))
				cur = nil
			}
		}
	}
	return append(out, value.Concat(cur...))
}

func (s *stack) fnSelect(arg *source.Node, span source.Span) *value.Value {
	if !arg.Is(source.ListNode) || len(arg.Items) != 2 {
		return s.wrong("Fn::Select", span, "a list of an index and a list of values")
	}
	index := s.eval(arg.Items[0])
	list := s.eval(arg.Items[1])
	i, known := index.Int()
	switch list.Kind() {
	case value.List:
		items := list.Items()
		switch {
		case known && i >= 0 && i < int64(len(items)):
			return items[i].At(span)
		case known:
			s.problem(span, "Fn::Select asks for element %d of a list of %d", i, len(items))
			return value.NewUnresolved("Select "+strconv.FormatInt(i, 10), span, nil)
		case index.Kind() == value.Unresolved || !index.Text().IsKnown():
			return bounded(value.NewUnresolved("Select "+shorten(index.Str()), span, list.Refs(), items...))
		}
		return s.wrong("Fn::Select", span, "the index must be a number")
	case value.Unresolved:
		return value.NewText(value.Hole("Select "+shorten(index.Str())+" of "+shorten(list.Why())), span, list.Refs()...)
	case value.String:
		if !list.Text().IsKnown() {
			return value.NewText(value.Hole("Select "+shorten(index.Str())+" of "+shorten(list.Str())), span, list.Refs()...)
		}
	}
	return s.wrong("Fn::Select", span, "the second element must be a list of values")
}

func (s *stack) fnGetAZs(arg *source.Node, span source.Span) *value.Value {
	region, ok := scalar(s.eval(arg))
	if !ok {
		return s.wrong("Fn::GetAZs", span, "the name of a region")
	}
	if region.IsEmpty() {
		region, _ = scalar(s.pseudo("AWS::Region", span))
	}
	return value.NewUnresolved("zones of "+shorten(region.String()), span, nil)
}

// fnGetStackOutput evaluates Fn::GetStackOutput, the output of a stack that is
// named by its deployed name, which the sources do not tell.
func (s *stack) fnGetStackOutput(arg *source.Node, span source.Span) *value.Value {
	stack, output := arg.Get("StackName"), arg.Get("OutputName")
	if stack == nil || output == nil {
		return s.wrong("Fn::GetStackOutput", span, "a map with StackName and OutputName")
	}
	from, name := s.eval(stack), s.eval(output)
	return value.NewUnresolved("GetStackOutput "+shorten(from.Str()+"."+name.Str()), span, appendRefs(from.Refs(), name.Refs()))
}

func (s *stack) fnBase64(arg *source.Node, span source.Span) *value.Value {
	v := s.eval(arg)
	t, ok := scalar(v)
	if !ok {
		return s.wrong("Fn::Base64", span, "a string")
	}
	if text, known := t.Known(); known {
		if !s.spend(2*len(text), span) {
			return unwritten(span, v.Refs()...)
		}
		return value.NewText(value.Lit(base64.StdEncoding.EncodeToString([]byte(text))), span, v.Refs()...)
	}
	return value.NewUnresolved("Base64 of "+shorten(t.String()), span, v.Refs())
}

func (s *stack) fnLength(arg *source.Node, span source.Span) *value.Value {
	v := s.eval(arg)
	switch v.Kind() {
	case value.List:
		return value.NewNumber(strconv.Itoa(len(v.Items())), span)
	case value.Unresolved:
		return value.NewUnresolved("Length of "+shorten(v.Why()), span, v.Refs())
	}
	return s.wrong("Fn::Length", span, "a list")
}

// shorten keeps names of holes readable; the checksum keeps different texts
// different.
func shorten(text string) string {
	const limit = 80
	if len(text) <= limit {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return strings.ToValidUTF8(text[:limit], "") + "… " + hex.EncodeToString(sum[:8])
}
