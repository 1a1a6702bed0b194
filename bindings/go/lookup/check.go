// SPDX-License-Identifier: Apache-2.0

package lookup

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"sort"
	"time"
)

// Revocation is the answer. The zero value is not a yes.
type Revocation uint8

const (
	Unknown Revocation = 0
	Good    Revocation = 1
	Revoked Revocation = 2
)

// Reason says why the answer is Unknown. The numbers are those of the format and of the C library.
type Reason uint8

const (
	NoData Reason = iota
	NotCovered
	NotPublished
	Invalid
	Incomplete
	Unreachable
	Stale
	Held
	TooLarge
	Unconfirmed
	Clock
	AlgorithmUnsupported
)

// Status is one answer.
type Status struct {
	Revocation Revocation
	Reason     Reason // when Revocation is Unknown
}

// Terms say what counts as fresh.
type Terms struct {
	// Since a CRL was last confirmed current; 0: seven days. What is left of a second counts as one; when
	// it is negative nothing is Good.
	MaxCRLAge time.Duration

	// Times of the signed head that names the bundle, in seconds since 1970; both 0 without a head. After
	// HeadExpires nothing is Good, before HeadCreated (less five minutes) nothing is either.
	HeadCreated, HeadExpires int64
}

const skew = 300 // seconds by which two clocks may disagree

// Check gives the revocation status, at time `at` in seconds since 1970, of the certificate with this
// issuer Name (DER), authority key id and serial (content of the INTEGER; leading zeros do not
// matter). What is listed is Revoked whatever else is wrong.
func (b *Bundle) Check(issuerName, keyID, serial []byte, terms Terms, at int64) Status {
	id, ok := issuerID(issuerName, keyID)
	if !ok {
		return Status{Unknown, NotCovered}
	}
	i := sort.Search(len(b.rows), func(i int) bool { return bytes.Compare(b.rows[i].id, id[:]) >= 0 })
	if i == len(b.rows) || !bytes.Equal(b.rows[i].id, id[:]) {
		if b.early(nil, terms, at) {
			return Status{Unknown, Clock}
		}
		return Status{Unknown, NotCovered}
	}
	key, ok := keyOf(id[:], serial)
	if !ok {
		return Status{Unknown, NotCovered}
	}
	r := &b.rows[i]
	switch b.find(r, key) {
	case listed:
		return Status{Revoked, 0}
	case open:
		return Status{Unknown, Unconfirmed}
	}
	return b.silence(r, terms, at)
}

// silence is what follows from not being listed.
func (b *Bundle) silence(r *row, terms Terms, at int64) Status {
	age := int64(terms.MaxCRLAge / time.Second)
	if terms.MaxCRLAge%time.Second > 0 {
		age++
	}
	if terms.MaxCRLAge == 0 {
		age = 7 * 86400
	}
	switch {
	case b.early(r, terms, at):
		return Status{Unknown, Clock}
	case !r.complete:
		return Status{Unknown, r.reason}
	case terms.MaxCRLAge < 0, terms.HeadExpires != 0 && at > terms.HeadExpires, at > r.nextUpdate,
		later(at, r.lastOK, age):
		return Status{Unknown, Stale}
	}
	return Status{Good, 0}
}

// later: a is more than limit behind b.
func later(a, b, limit int64) bool { return a > b && uint64(a)-uint64(b) > uint64(limit) }

// early: the evidence lies in the future of `at`.
func (b *Bundle) early(r *row, terms Terms, at int64) bool {
	return later(b.evidence, at, skew) || (terms.HeadCreated != 0 && later(terms.HeadCreated, at, skew)) ||
		(r != nil && later(r.thisUpdate, at, skew))
}

// ---- keys ----

func issuerID(name, keyID []byte) (ret [idSize]byte, ok bool) {
	if len(name) > 1<<16-1 || len(keyID) > 32 {
		return ret, false
	}
	in := append([]byte("veridac-issuer-v1"), byte(len(name)), byte(len(name)>>8))
	in = append(in, name...)
	in = append(in, byte(len(keyID)))
	in = append(in, keyID...)
	digest := sha256.Sum256(in)
	copy(ret[:], digest[:])
	return ret, true
}

func keyOf(id, serial []byte) (uint64, bool) {
	if len(serial) == 0 || serial[0]&0x80 != 0 {
		return 0, false
	}
	for len(serial) > 1 && serial[0] == 0 {
		serial = serial[1:]
	}
	if len(serial) > 20 {
		return 0, false
	}
	in := make([]byte, 0, idSize+1+20)
	in = append(append(append(in, id...), byte(len(serial))), serial...)
	digest := sha256.Sum256(in)
	return binary.BigEndian.Uint64(digest[:]), true
}

// ---- lists, filters, pages ----

type found int

const (
	clear  found = iota
	listed       // an exact list has it
	open         // a filter admits it and the exact tier is not here, or a page makes no sense
)

func (b *Bundle) find(r *row, key uint64) found {
	if r.baseN < small {
		return search(b.lists[r.at:r.at+r.extent], r, key)
	}
	if !b.perhaps(r, key) {
		return clear
	}
	if b.kind != full {
		return open
	}
	page := int(r.page)
	if r.pageBits > 0 {
		page += int(key >> (64 - r.pageBits))
	}
	from, to := binary.LittleEndian.Uint32(b.pages[4*page:]), binary.LittleEndian.Uint32(b.pages[4*page+4:])
	return search(b.codes[from:to], r, key)
}

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (b *Bundle) perhaps(r *row, key uint64) bool {
	h := mix(key>>24 + 0x9e3779b97f4a7c15)
	line := uint64(r.at) + (h>>32)*uint64(r.extent)>>32
	bitsOfLine := b.lines[line*lineSize : line*lineSize+lineSize]
	g := mix(h)
	for k := 0; k < probes; k++ {
		bit := g >> (9 * k) & 511
		if bitsOfLine[bit/8]>>(bit%8)&1 == 0 {
			return false
		}
	}
	return true
}

// search walks the codes of a list or page: five octets a remainder from the front, the quotients as bits
// from the back.
func search(codes []byte, r *row, key uint64) found {
	want := key >> (64 - r.width)
	if left := r.width - r.pageBits; left < 64 {
		want &= 1<<left - 1
	}
	var low, bit uint64 // sum of the remainders; bits read
	for m := uint64(0); len(codes) > 0; m++ {
		for {
			if bit/8 >= uint64(len(codes)) {
				return open
			}
			word := codes[uint64(len(codes))-1-bit/8] >> (bit % 8)
			if word != 0 {
				bit += uint64(bits.TrailingZeros8(word))
				break
			}
			bit = (bit/8 + 1) * 8
		}
		used := 5*(m+1) + bit/8 + 1
		if used > uint64(len(codes)) {
			return open
		}
		p := codes[5*m:]
		low += uint64(p[0]) | uint64(p[1])<<8 | uint64(p[2])<<16 | uint64(p[3])<<24 | uint64(p[4])<<32
		value := (bit-m)<<rice + low
		bit++
		if value == want {
			return listed
		}
		if value > want {
			return clear
		}
		if used == uint64(len(codes)) { // the last key fills the page
			if bit%8 != 0 && codes[uint64(len(codes))-1-(bit-1)/8]>>(bit%8) != 0 {
				return open
			}
			return clear
		}
	}
	return clear
}
