package cfn

import (
	"encoding/json"
	"net/netip"
	"strconv"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// fnToJSONString evaluates Fn::ToJsonString; holes stay where they are in the
// text.
func (s *stack) fnToJSONString(arg *source.Node, at source.Span) *value.Value {
	v := s.eval(arg)
	if v.Kind() != value.Map && v.Kind() != value.List {
		if v.Kind() == value.Unresolved {
			return value.NewUnresolved("ToJsonString "+shorten(v.Why()), at, v.Refs())
		}
		return s.wrong("Fn::ToJsonString", at, "a map or a list")
	}
	if s.written > maxWritten {
		return unwritten(at, v.Refs()...)
	}
	w := &jsonWriter{}
	w.value(v)
	text := value.Concat(w.out...)
	const piece = 64 // bytes that a part of the document takes while it is written
	size := bytesOf(text)
	if !s.spend(size+piece*len(w.out), at) || size > maxText {
		return value.NewUnresolved("a document of "+strconv.Itoa(size)+" bytes at "+at.String(), at, appendRefs(nil, w.refs))
	}
	return value.NewText(text, at, appendRefs(nil, w.refs)...)
}

// A jsonWriter writes a value as JSON text with holes.
type jsonWriter struct {
	out  []value.Text
	refs []value.Ref
}

func (w *jsonWriter) lit(s string) { w.out = append(w.out, value.Lit(s)) }

func (w *jsonWriter) value(v *value.Value) {
	switch v.Kind() {
	case value.Map:
		if v.Why() != "" {
			w.out = append(w.out, value.Hole(v.Why()))
			return
		}
		w.lit("{")
		for i, f := range v.Fields() {
			if i > 0 {
				w.lit(",")
			}
			w.lit(quoteJSON(f.Key) + ":")
			w.value(f.Value)
		}
		w.lit("}")
	case value.List:
		w.lit("[")
		for i, it := range v.Items() {
			if i > 0 {
				w.lit(",")
			}
			w.value(it)
		}
		w.lit("]")
	case value.Bool, value.Number:
		w.out = append(w.out, v.Text())
	case value.String, value.Unresolved:
		w.refs = append(w.refs, v.Refs()...)
		w.lit(`"`)
		w.out = append(w.out, v.Text().Map(func(lit string) string {
			q := quoteJSON(lit)
			return q[1 : len(q)-1]
		}))
		w.lit(`"`)
	default:
		w.lit("null")
	}
}

func quoteJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

// fnCidr evaluates Fn::Cidr: count networks of cidrBits host bits each.
func (s *stack) fnCidr(arg *source.Node, at source.Span) *value.Value {
	if !arg.Is(source.ListNode) || len(arg.Items) < 2 || len(arg.Items) > 3 {
		return s.wrong("Fn::Cidr", at, "a list of an address block, a count and a number of bits")
	}
	block := s.eval(arg.Items[0])
	count, okCount := s.eval(arg.Items[1]).Int()
	bits, okBits := int64(0), len(arg.Items) == 2
	if !okBits {
		bits, okBits = s.eval(arg.Items[2]).Int()
	}
	text, okBlock := block.Known()
	if !okBlock || !okCount || !okBits {
		return value.NewUnresolved("Cidr "+shorten(block.Str()), at, block.Refs())
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil || count < 1 || count > 256 {
		return s.wrong("Fn::Cidr", at, "a valid address block and a count from 1 to 256")
	}
	size := int64(prefix.Addr().BitLen())
	if len(arg.Items) == 2 {
		bits = 8
		if prefix.Addr().Is6() {
			bits = 64
		}
	}
	if bits < 1 || bits > size {
		return s.wrong("Fn::Cidr", at, "a number of bits that fits the addresses")
	}
	var items []*value.Value
	addr := prefix.Masked().Addr()
	for range count {
		if !addr.IsValid() || !prefix.Contains(addr) {
			s.problem(at, "Fn::Cidr asks for %d networks of %d bits, more than %s holds", count, bits, text)
			break
		}
		items = append(items, value.NewText(value.Lit(addr.String()+"/"+strconv.FormatInt(size-bits, 10)), at))
		addr = advance(addr, int(bits))
	}
	return value.NewList(items, at)
}

// advance adds 2^bits to an address; the zero address where that overflows.
func advance(a netip.Addr, bits int) netip.Addr {
	b := a.AsSlice()
	i := len(b) - 1 - bits/8
	carry := uint16(1) << (bits % 8)
	for ; i >= 0 && carry > 0; i-- {
		sum := uint16(b[i]) + carry
		b[i] = byte(sum)
		carry = sum >> 8
	}
	if carry > 0 {
		return netip.Addr{}
	}
	out, _ := netip.AddrFromSlice(b)
	return out
}
