package function

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"

	"github.com/remit-security/remit/internal/value"
)

var errBinary = errors.New("the bytes are no UTF-8 text")

// A digest is a hash function and the form in which its result is written.
type digest func([]byte) string

func md5Hex(b []byte) string { s := md5.Sum(b); return hex.EncodeToString(s[:]) }

func sha1Hex(b []byte) string { s := sha1.Sum(b); return hex.EncodeToString(s[:]) }

func sha256Hex(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

func sha512Hex(b []byte) string { s := sha512.Sum512(b); return hex.EncodeToString(s[:]) }

func sha256Base64(b []byte) string {
	s := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(s[:])
}

func sha512Base64(b []byte) string {
	s := sha512.Sum512(b)
	return base64.StdEncoding.EncodeToString(s[:])
}

func plainBase64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// hashed is the hash of a string.
func hashed(d digest) func(*call) *value.Value {
	return encoded(func(s string) (string, error) { return d([]byte(s)), nil })
}

// uuidv5 is the UUID that RFC 4122 derives of a name space and a name.
func (c *call) uuidv5() *value.Value {
	space, ok, bad := c.known(0)
	if bad != nil {
		return bad
	}
	name, ok2, bad := c.known(1)
	if bad != nil {
		return bad
	}
	if !ok || !ok2 {
		return c.hole()
	}
	// RFC 4122, appendix C.
	switch space {
	case "dns":
		space = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
	case "url":
		space = "6ba7b811-9dad-11d1-80b4-00c04fd430c8"
	case "oid":
		space = "6ba7b812-9dad-11d1-80b4-00c04fd430c8"
	case "x500":
		space = "6ba7b814-9dad-11d1-80b4-00c04fd430c8"
	}
	id, ok := parseUUID(space)
	if !ok {
		return c.wrong("%q is no name space", shorten(space))
	}
	sum := sha1.Sum(append(id, name...))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return c.text(value.Lit(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]))
}

func parseUUID(s string) ([]byte, bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return nil, false
	}
	id, err := hex.DecodeString(s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:])
	return id, err == nil
}

// fresh is a text that every call makes anew.
func (c *call) fresh() *value.Value {
	return value.NewText(value.Fresh(c.name+"() at "+c.at.String()), c.at)
}

// moment is the time of the deployment.
func (c *call) moment() *value.Value {
	return value.NewText(value.Hole(c.name+"()"), c.at)
}

// salted is a hash that differs with every call.
func (c *call) salted() *value.Value {
	if _, bad := c.str(0); bad != nil {
		return bad
	}
	return value.NewText(value.Hole(c.name+"() at "+c.at.String()), c.at, c.refs()...)
}

// decrypted needs a private key, which no source should hold.
func (c *call) decrypted() *value.Value {
	if _, bad := c.str(0); bad != nil {
		return bad
	}
	return value.NewUnresolved("rsadecrypt() is not evaluated", c.at, c.refs())
}
