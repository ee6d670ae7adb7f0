package value

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// bruteGlob is the definition: * any text, ? one character.
func bruteGlob(p, s string) bool {
	if p == "" {
		return s == ""
	}
	if p[0] == '*' {
		for i := range len(s) + 1 {
			if bruteGlob(p[1:], s[i:]) {
				return true
			}
		}
		return false
	}
	return s != "" && (p[0] == '?' || p[0] == s[0]) && bruteGlob(p[1:], s[1:])
}

func matchCompiled(pattern, subject Text) Tri {
	p := NewPattern(pattern)
	return p.Match(subject)
}

func randomString(r *rand.Rand, alphabet string, n int) string {
	var b strings.Builder
	for range r.IntN(n + 1) {
		b.WriteByte(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

func TestGlobKnown(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		p, s := randomString(r, "ab*?", 7), randomString(r, "ab", 8)
		want := bruteGlob(p, s)
		if got := MatchGlob(p, s); got != want {
			t.Fatalf("%q on %q: %v", p, s, got)
		}
		if got := matchCompiled(Lit(p), Lit(s)); got != Of(want) {
			t.Fatalf("pattern %q on %q: %v", p, s, got)
		}
	}
}

// fill gives holes their text.
func fill(t Text, with map[string]string) string {
	var b strings.Builder
	for _, p := range t.Parts() {
		if p.Hole == "" {
			b.WriteString(p.Lit)
		} else {
			b.WriteString(with[p.Hole])
		}
	}
	return b.String()
}

func randomText(r *rand.Rand, alphabet string) Text {
	var parts []Text
	for range 1 + r.IntN(4) {
		switch r.IntN(6) {
		case 0:
			parts = append(parts, Hole("X"))
		case 1:
			parts = append(parts, Hole("Y"))
		case 2:
			parts = append(parts, Fresh("F"))
		default:
			parts = append(parts, Lit(randomString(r, alphabet, 3)))
		}
	}
	return Concat(parts...)
}

// Yes and No must hold for every filling of the holes; fresh holes take texts
// that nothing else has.
func TestGlobHolesSound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	texts := []string{"", "a", "b", "c", "ab", "ba", "aa", "abb"}
	var unknown, decided int
	for range 30_000 {
		p, s := randomText(r, "ab*?"), randomText(r, "ab")
		got, equal := p.Glob(s), s.Equal(p)
		compiled := matchCompiled(p, s)
		if direct := matchSymbols(symbols(p, true), symbols(s, false)); direct != got {
			t.Fatalf("%s on %s: %v, symbol by symbol %v", p, s, got, direct)
		}
		if compiled != got {
			t.Fatalf("%s on %s: compiled %v, direct %v", p, s, compiled, got)
		}
		yes, no := 0, 0
		for _, x := range texts {
			for _, y := range texts {
				for _, f := range []string{"z", "zw"} {
					with := map[string]string{"X": x, "Y": y, "F": f}
					fp, fs := fill(p, with), fill(s, with)
					if bruteGlob(fp, fs) {
						yes++
					} else {
						no++
					}
					if equal == Yes && fp != fs || equal == No && fp == fs {
						t.Fatalf("%s = %s: %v, but %q and %q", p, s, equal, fp, fs)
					}
				}
			}
		}
		switch {
		case got == Yes && no > 0, got == No && yes > 0:
			t.Fatalf("%s on %s: %v, but %d fillings match and %d do not", p, s, got, yes, no)
		case got == Unknown && (yes == 0 || no == 0):
			unknown++
		default:
			decided++
		}
	}
	t.Logf("%d as exact as the fillings tell, %d left unknown that they tell", decided, unknown)
}

func TestGlobClasses(t *testing.T) {
	account, region, partition := Hole("AWS::AccountId"), Hole("AWS::Region"), Hole("AWS::Partition")
	arn := Concat(Lit("arn:"), partition, Lit(":sqs:"), region, Lit(":"), account, Lit(":orders"))
	for _, tc := range []struct {
		pattern, subject Text
		want             Tri
	}{
		{Lit("arn:*:sqs:*:*:orders"), arn, Yes},
		{Lit("arn:aws:sqs:*:*:orders"), arn, Unknown},
		{Lit("arn:aws*:sqs:*:????????????:orders"), arn, Yes},
		{Lit("arn:*:sqs:*:???????????:orders"), arn, No},
		{Lit("arn:*:sqs:us-east-1:*:orders"), arn, Unknown},
		{Lit("arn:*:sqs:us-east-1:123456789012:orders"), arn, Unknown},
		{Lit("arn:*:sqs:us-east-1:12345678901:orders"), arn, No},
		{Lit("arn:*:sqs::*:orders"), arn, No},
		{Lit("arn:*:iam::aws:policy/*"), Concat(Lit("arn:aws:iam::"), account, Lit(":policy/x")), No},
		{Lit("arn:aws:sqs:*:*:*:orders"), arn, No},
		{Lit("other:*"), arn, No},
		{arn, arn, Yes},
		{Concat(Lit("arn:aws:s3:::"), account, Lit("-b/*")), Concat(Lit("arn:aws:s3:::"), account, Lit("-b/"), Hole("key")), Yes},
		{Concat(Lit("arn:aws:s3:::"), account, Lit("-b")), Concat(Lit("arn:aws:s3:::"), account, Lit("-c")), No},
		{Concat(Lit("arn:aws:s3:::"), account, Lit("-b")), Concat(Lit("arn:aws:s3:::"), region, Lit("-b")), No},
		{Lit("api-??????????"), Concat(Lit("api-"), Fresh("id")), Unknown},
		{Lit("api-*"), Concat(Lit("api-"), Fresh("id")), Yes},
		{Lit("api-x"), Concat(Lit("api-"), Fresh("id")), No},
		{Lit("a"), Concat(Lit("a"), Hole("X")), Unknown},
		{Hole("X"), Hole("Y"), Unknown},
		{Fresh("X"), Fresh("Y"), No},
		{Lit("*"), Hole("X"), Yes},
		{Lit("?*"), Hole("X"), Unknown},
		{Text{}, Hole("X"), Unknown},
		{Text{}, Text{}, Yes},
	} {
		if got := tc.pattern.Glob(tc.subject); got != tc.want {
			t.Errorf("%s on %s: %s, want %s", tc.pattern, tc.subject, got, tc.want)
		}
		if got := matchCompiled(tc.pattern, tc.subject); got != tc.want {
			t.Errorf("compiled %s on %s: %s, want %s", tc.pattern, tc.subject, got, tc.want)
		}
	}
}

func TestPatternJoin(t *testing.T) {
	p := Join(NewPattern(Lit("home/")), Plain(Lit("a*?")), NewPattern(Lit("/*")))
	for s, want := range map[string]Tri{"home/a*?/x": Yes, "home/abc/x": No, "home/a*?": No} {
		if got := p.MatchString(s); got != want {
			t.Errorf("%q: %s", s, got)
		}
	}
	p = Join(NewPattern(Lit("a/")), Plain(Hole("K")))
	if got := p.Match(Concat(Lit("a/"), Hole("K"))); got != Yes {
		t.Error(got)
	}
	p = Pattern{}
	if got := p.MatchString(""); got != Yes {
		t.Error(got)
	}
}

// Patterns made to hurt cost no more than the product of the lengths.
func TestGlobPathological(t *testing.T) {
	s := strings.Repeat("a", 4000)
	p := strings.Repeat("*a", 400) + "*b"
	if MatchGlob(p, s) || MatchGlob(p+"*", s) {
		t.Error("matched")
	}
	if got := Lit(p).Glob(Concat(Lit(s), Hole("X"))); got != Unknown {
		t.Error(got)
	}
	q := strings.Repeat("*?a", 300) + "*b?"
	if MatchGlob(q, s) || MatchGlob(q+"*", s) {
		t.Error("matched")
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("arn:aws:s3:::*", "arn:aws:s3:::b/k")
	f.Add("*a*?b*", "xxaxbx")
	f.Fuzz(func(t *testing.T, p, s string) {
		if len(p) > 12 || len(s) > 12 {
			return
		}
		if got, want := MatchGlob(p, s), bruteGlob(p, s); got != want {
			t.Fatalf("%q on %q: %v", p, s, got)
		}
	})
}

func BenchmarkGlob(b *testing.B) {
	subject := "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/by-date"
	for _, p := range []string{"*", "arn:aws:dynamodb:*", "arn:aws:dynamodb:*:*:table/orders/index/*", "arn:aws:s3:::bucket/*", subject} {
		b.Run(p, func(b *testing.B) {
			pat := NewPattern(Lit(p))
			b.ReportAllocs()
			for b.Loop() {
				pat.MatchString(subject)
			}
		})
	}
	for _, n := range []int{1000, 4000, 16000} {
		s, p := strings.Repeat("a", n), strings.Repeat("*a", 8)+"*?b*"
		b.Run(fmt.Sprint("pathological/", n), func(b *testing.B) {
			for b.Loop() {
				MatchGlob(p, s)
			}
		})
	}
	holes := Concat(Lit("arn:aws:dynamodb:"), Hole("AWS::Region"), Lit(":"), Hole("AWS::AccountId"), Lit(":table/orders"))
	b.Run("holes, another table", func(b *testing.B) {
		pat := NewPattern(Lit("arn:aws:dynamodb:*:*:table/users"))
		b.ReportAllocs()
		for b.Loop() {
			pat.Match(holes)
		}
	})
	b.Run("holes", func(b *testing.B) {
		pat := NewPattern(Lit("arn:aws:dynamodb:*:*:table/orders"))
		b.ReportAllocs()
		for b.Loop() {
			pat.Match(holes)
		}
	})
}

func TestExpand(t *testing.T) {
	in := Concat(Lit("a*b"), Hole("H"), Lit("c"))
	got := in.Expand(func(lit string) []Text {
		head, tail, ok := strings.Cut(lit, "*")
		if !ok {
			return nil
		}
		return []Text{Lit(head), Fresh("any"), Lit(tail)}
	})
	if want := Concat(Lit("a"), Fresh("any"), Lit("b"), Hole("H")); got.String() != want.String() || len(got.Parts()) != 4 {
		t.Errorf("%s, want %s", got, want)
	}
}
