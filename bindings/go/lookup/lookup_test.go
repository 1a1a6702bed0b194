// SPDX-License-Identifier: Apache-2.0

package lookup

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

const evidence = 1790000000 // of the golden bundles

// Issuer k of the golden bundles revoked 1, 4, 9, ... counts[k]^2; odd ones are "unreachable".
var counts = []uint64{0, 1, 63, 64, 65, 500, 1000}

func read(t testing.TB, kind string) []byte {
	data, err := os.ReadFile(filepath.Join(os.Getenv("VERIDAC_GOLDEN"), "vdb1-"+kind+".bundle"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func ask(b *Bundle, k int, number uint64, at int64) Status {
	serial := make([]byte, 9)
	binary.BigEndian.PutUint64(serial[1:], number)
	return b.Check([]byte("golden "+strconv.Itoa(k)), bytes.Repeat([]byte{byte(k)}, 20), serial, Terms{}, at)
}

func TestGolden(t *testing.T) {
	for _, kind := range []string{"full", "hub"} {
		b, err := Open(read(t, kind), nil)
		if err != nil {
			t.Fatal(err)
		}
		if b.Network() != 2 || b.Full() != (kind == "full") || b.EvidenceTime() != evidence || b.Issuers() != len(counts) {
			t.Errorf("%+v", b)
		}
		for k, n := range counts {
			want := Status{Revoked, 0}
			if kind == "hub" && n >= small {
				want = Status{Unknown, Unconfirmed}
			}
			for i := uint64(1); i <= n; i++ {
				if got := ask(b, k, i*i, evidence); got != want {
					t.Fatalf("%s, issuer %d, %d: %v, expected %v", kind, k, i*i, got, want)
				}
			}
			other := Status{Good, 0}
			if k%2 == 1 {
				other = Status{Unknown, Unreachable}
			}
			if got := ask(b, k, 3, evidence); got != other {
				t.Errorf("%s, issuer %d: %v, expected %v", kind, k, got, other)
			}
		}
		if got := ask(b, 99, 3, evidence); got != (Status{Unknown, NotCovered}) {
			t.Error(got)
		}
	}
}

func TestTimes(t *testing.T) {
	b, err := Open(read(t, "full"), nil)
	if err != nil {
		t.Fatal(err)
	}
	name, id := []byte("golden 6"), bytes.Repeat([]byte{6}, 20)
	good, stale, clock := Status{Good, 0}, Status{Unknown, Stale}, Status{Unknown, Clock}
	for what, row := range map[string]struct {
		terms Terms
		at    int64
		want  Status
	}{
		"fresh":                    {Terms{}, evidence, good},
		"at next update":           {Terms{}, evidence + 86400, good},
		"after next update":        {Terms{}, evidence + 86401, stale},
		"five minutes early":       {Terms{}, evidence - 300, good},
		"earlier":                  {Terms{}, evidence - 301, clock},
		"1970":                     {Terms{}, 0, clock},
		"ten years on":             {Terms{}, evidence + 315360000, stale},
		"as old as allowed":        {Terms{MaxCRLAge: time.Hour}, evidence - 360 + 3600, good},
		"older than allowed":       {Terms{MaxCRLAge: time.Hour}, evidence - 360 + 3601, stale},
		"half a second is one":     {Terms{MaxCRLAge: 59500 * time.Millisecond}, evidence - 300, good},
		"older than half a second": {Terms{MaxCRLAge: time.Second / 2}, evidence, stale},
		"the least age":            {Terms{MaxCRLAge: 1}, evidence - 300, stale},
		"59 seconds":               {Terms{MaxCRLAge: 59 * time.Second}, evidence - 300, stale},
		"a negative age":           {Terms{MaxCRLAge: -1}, evidence - 300, stale},
		"long negative":            {Terms{MaxCRLAge: -time.Hour}, evidence - 300, stale},
		"at the head's expiry":     {Terms{HeadCreated: evidence, HeadExpires: evidence + 60}, evidence + 60, good},
		"after the head's expiry":  {Terms{HeadCreated: evidence, HeadExpires: evidence + 60}, evidence + 61, stale},
		"before the head was made": {Terms{HeadCreated: evidence + 400, HeadExpires: evidence + 900}, evidence + 99, clock},
	} {
		if got := b.Check(name, id, []byte{3}, row.terms, row.at); got != row.want {
			t.Errorf("%s: %v, expected %v", what, got, row.want)
		}
		if got := b.Check(name, id, []byte{4}, row.terms, row.at); got.Revocation != Revoked {
			t.Errorf("%s: listed and %v", what, got)
		}
	}
	for _, serial := range [][]byte{nil, {}, {0x80}, bytes.Repeat([]byte{1}, 21)} {
		if got := b.Check(name, id, serial, Terms{}, evidence); got.Revocation != Unknown {
			t.Errorf("%x: %v", serial, got)
		}
	}
}

func TestDigest(t *testing.T) {
	data := read(t, "full")
	digest := sha256.Sum256(data)
	if _, err := Open(data, digest[:]); err != nil {
		t.Error(err)
	}
	digest[0] ^= 1
	if _, err := Open(data, digest[:]); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
}

func TestEveryFlipAndTruncationIsRefused(t *testing.T) {
	data := read(t, "hub")
	for i := range data {
		data[i] ^= 1 << (i % 8)
		if _, err := Open(data, nil); !errors.Is(err, ErrFormat) {
			t.Fatalf("octet %d: %v", i, err)
		}
		data[i] ^= 1 << (i % 8)
		if _, err := Open(data[:i], nil); !errors.Is(err, ErrFormat) {
			t.Fatalf("%d octets: %v", i, err)
		}
	}
	if _, err := Open(append(append([]byte{}, data...), 0), nil); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
}

// rehash makes the hashes true again, so that what follows them is looked at.
func rehash(data []byte) {
	n := int(data[6])
	if n > maxSections || len(data) < headerSize*(n+1)+digestSize {
		return
	}
	for i := 0; i < n; i++ {
		e := data[headerSize*(i+1):]
		at, size := binary.LittleEndian.Uint64(e[8:]), binary.LittleEndian.Uint64(e[16:])
		if at <= uint64(len(data)) && size <= uint64(len(data))-at {
			digest := sha256.Sum256(data[at : at+size])
			copy(e[24:56], digest[:])
		}
	}
	digest := sha256.Sum256(data[:headerSize*(n+1)])
	copy(data[headerSize*(n+1):], digest[:])
}

func FuzzOpen(f *testing.F) {
	f.Add(read(f, "hub"), uint64(4))
	f.Add(read(f, "full"), uint64(3))
	f.Fuzz(func(t *testing.T, data []byte, number uint64) {
		data = append([]byte{}, data...)
		if len(data) >= headerSize {
			rehash(data)
		}
		b, err := Open(data, nil)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatal(err)
			}
			return
		}
		for k := range counts {
			if got := ask(b, k, number, evidence); got.Revocation == Good && b.Issuers() == 0 {
				t.Fatal("good without coverage")
			}
		}
	})
}
