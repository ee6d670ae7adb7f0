package function

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/remit-security/remit/internal/source"
	"github.com/remit-security/remit/internal/value"
)

// encoded is a function from a string to a string, where the string is known.
func encoded(f func(string) (string, error)) func(*call) *value.Value {
	return func(c *call) *value.Value {
		s, ok, bad := c.known(0)
		if bad != nil {
			return bad
		}
		if !ok {
			return c.hole()
		}
		out, err := f(s)
		if err != nil {
			return c.wrong("%v", err)
		}
		return c.text(value.Lit(out))
	}
}

func base64encode(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil }

func (c *call) base64decode() *value.Value {
	return encoded(func(s string) (string, error) {
		data, err := base64.StdEncoding.DecodeString(s)
		if err == nil && !utf8.Valid(data) {
			return "", errBinary
		}
		return string(data), err
	})(c)
}

func base64gzip(s string) (string, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// urlencode escapes byte by byte, so that what is known stays.
func (c *call) urlencode() *value.Value {
	return c.mapped(" :/?#[]@!$&'()*+,;=%", url.QueryEscape)
}

func (c *call) csvdecode() *value.Value {
	if s, ok := c.args[0].Known(); ok && strings.Count(s, "\n")+strings.Count(s, ",") > maxItems {
		return c.tooLarge()
	}
	return c.std(stdlib.CSVDecodeFunc, c.unknown)
}

func (c *call) yamldecode() *value.Value {
	if doc := c.args[0].Document(); doc != nil {
		return doc
	}
	t, bad := c.str(0)
	if bad != nil {
		return bad
	}
	if c.args[0].Kind() == value.Unresolved || len(t.Parts()) == 1 && !t.IsKnown() {
		return c.unknown()
	}
	m, ok := mark(t, false)
	if !ok {
		return c.unknown()
	}
	node, problems := source.ParseYAML(c.at.File, []byte(m), source.DefaultLimits)
	return c.parsed(node, problems, t)
}

// charset writes and reads a character set; nil for one that remit lacks.
type charset struct {
	write func(string) ([]byte, bool)
	read  func([]byte) (string, bool)
}

func charsetOf(name string) (charset, bool) {
	switch strings.ToUpper(strings.ReplaceAll(name, "_", "-")) {
	case "UTF-8", "UTF8":
		return charset{
			func(s string) ([]byte, bool) { return []byte(s), true },
			func(b []byte) (string, bool) { return string(b), utf8.Valid(b) },
		}, true
	case "UTF-16LE":
		return utf16Set(binary.LittleEndian), true
	case "UTF-16BE", "UTF-16":
		return utf16Set(binary.BigEndian), true
	case "US-ASCII", "ASCII":
		return byteSet(0x7f), true
	case "ISO-8859-1", "LATIN1":
		return byteSet(0xff), true
	}
	return charset{}, false
}

func utf16Set(order interface {
	binary.AppendByteOrder
	binary.ByteOrder
}) charset {
	return charset{
		func(s string) ([]byte, bool) {
			var out []byte
			for _, u := range utf16.Encode([]rune(s)) {
				out = order.AppendUint16(out, u)
			}
			return out, true
		},
		func(b []byte) (string, bool) {
			units := make([]uint16, 0, len(b)/2)
			for i := 0; i+1 < len(b); i += 2 {
				units = append(units, order.Uint16(b[i:]))
			}
			return string(utf16.Decode(units)), len(b)%2 == 0
		},
	}
}

// byteSet is a set of which each character is the byte of its code point.
func byteSet(last rune) charset {
	return charset{
		func(s string) ([]byte, bool) {
			var out []byte
			for _, r := range s {
				if r > last {
					return nil, false
				}
				out = append(out, byte(r))
			}
			return out, true
		},
		func(b []byte) (string, bool) {
			var out strings.Builder
			for _, x := range b {
				if rune(x) > last {
					return "", false
				}
				out.WriteRune(rune(x))
			}
			return out.String(), true
		},
	}
}

func (c *call) textencodebase64() *value.Value { return c.recoded(false) }

func (c *call) textdecodebase64() *value.Value { return c.recoded(true) }

func (c *call) recoded(decode bool) *value.Value {
	s, ok, bad := c.known(0)
	if bad != nil {
		return bad
	}
	name, ok2, bad := c.known(1)
	if bad != nil {
		return bad
	}
	set, have := charsetOf(name)
	if !ok || !ok2 || !have {
		return c.hole()
	}
	if !decode {
		data, fits := set.write(s)
		if !fits {
			return c.wrong("the text has characters that %s lacks", shorten(name))
		}
		return c.text(value.Lit(base64.StdEncoding.EncodeToString(data)))
	}
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return c.wrong("%v", err)
	}
	text, fits := set.read(data)
	if !fits {
		return c.wrong("the bytes are no %s", shorten(name))
	}
	return c.text(value.Lit(text))
}

// base64gunzip is OpenTofu's; what it makes is bounded.
func base64gunzip(s string) (string, error) {
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", err
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	out, err := io.ReadAll(io.LimitReader(r, maxText+1))
	switch {
	case err != nil:
		return "", err
	case len(out) > maxText:
		return "", errors.New("the text is larger than remit evaluates")
	case !utf8.Valid(out):
		return "", errBinary
	}
	return string(out), nil
}
