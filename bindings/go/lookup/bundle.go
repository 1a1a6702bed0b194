// SPDX-License-Identifier: Apache-2.0

// Package lookup answers whether a certificate is revoked, in pure Go: for programs that are built
// with CGO_ENABLED=0. It reads bundles of the format VDB1 (docs/FORMAT.md), and answers the revocation
// of single certificates with its freshness. It judges no chain and no device: that is the C library's.
//
// A bundle is checked against its own hashes when it is opened, not against a signature: give the
// SHA-256 that a signed head names, or open only bundles of your own.
package lookup

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// Kinds of bundles and the ceilings of the format.
const (
	hub, full = 1, 2

	headerSize  = 64
	digestSize  = 32
	rowSize     = 56
	lineSize    = 64
	idSize      = 16
	maxSections = 16
	maxSize     = 1 << 30
	maxKeys     = 1 << 27
	rice        = 40
	small       = 64  // issuers with fewer keys have a list
	pageKeys    = 448 // keys of a page, on the average
	probes      = 6
)

// Section types.
const (
	secCoverage, secLists, secLines, secPages, secCodes, secTree = 1, 2, 3, 4, 5, 6
	lastKnown                                                    = 9
)

// ErrFormat is what every refused bundle unwraps to.
var ErrFormat = errors.New("lookup: not a usable bundle")

func refuse(why string, args ...interface{}) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(why, args...))
}

type row struct {
	id                             []byte
	n, baseN, extent, at, page     uint32
	thisUpdate, nextUpdate, lastOK int64
	complete                       bool
	reason                         Reason
	width, pageBits                uint
}

// Bundle is a checked bundle. It never changes: share it between goroutines.
type Bundle struct {
	network, kind byte
	evidence      int64
	rows          []row
	lists, lines  []byte
	pages, codes  []byte
}

// Network is 1 for the main ledger and 2 for the test ledger.
func (b *Bundle) Network() int { return int(b.network) }

// Full says whether the exact tier is there; without it a hit of a filter is Unconfirmed.
func (b *Bundle) Full() bool { return b.kind == full }

// EvidenceTime is the time as of which the bundle was made, in seconds since 1970.
func (b *Bundle) EvidenceTime() int64 { return b.evidence }

// Issuers is the number of issuers that the bundle knows.
func (b *Bundle) Issuers() int { return len(b.rows) }

// Open checks a bundle from its first octet to its last. `data` is kept and must not change. When
// `digest` is not nil it is the SHA-256 that the bundle must have.
func Open(data []byte, digest []byte) (*Bundle, error) {
	if digest != nil {
		if seen := sha256.Sum256(data); !bytes.Equal(seen[:], digest) {
			return nil, refuse("another SHA-256 than expected")
		}
	}
	b := &Bundle{}
	directory, err := b.header(data)
	if err != nil {
		return nil, err
	}
	sections, err := readDirectory(data, directory)
	if err != nil {
		return nil, err
	}
	if err := b.parts(sections); err != nil {
		return nil, err
	}
	if err := b.coverage(sections[secCoverage]); err != nil {
		return nil, err
	}
	return b, b.pageTable()
}

func (b *Bundle) header(data []byte) ([]byte, error) {
	if len(data) < headerSize || string(data[:4]) != "VDB1" {
		return nil, refuse("magic")
	}
	b.network, b.kind = data[4], data[5]
	n := int(data[6])
	if b.network < 1 || b.network > 2 || (b.kind != hub && b.kind != full) || n > maxSections || data[7] != 0 {
		return nil, refuse("header")
	}
	end := headerSize + n*headerSize
	if len(data) > maxSize || binary.LittleEndian.Uint64(data[16:]) != uint64(len(data)) || len(data) < end+digestSize {
		return nil, refuse("size")
	}
	if seen := sha256.Sum256(data[:end]); !bytes.Equal(seen[:], data[end:end+digestSize]) {
		return nil, refuse("hash of the header")
	}
	b.evidence = int64(binary.LittleEndian.Uint64(data[8:]))
	return data[headerSize:end], nil
}

func zero(b []byte) bool {
	for _, octet := range b {
		if octet != 0 {
			return false
		}
	}
	return true
}

func align(n int) int { return (n + 63) &^ 63 }

// readDirectory gives the sections by type. They ascend, follow each other with nothing between but
// zeros, and have the hashes that the directory says.
func readDirectory(data, directory []byte) (map[uint32][]byte, error) {
	sections := make(map[uint32][]byte)
	end, last := headerSize+len(directory)+digestSize, uint32(0)
	for ; len(directory) > 0; directory = directory[headerSize:] {
		kind := binary.LittleEndian.Uint32(directory)
		critical := binary.LittleEndian.Uint32(directory[4:])
		at := binary.LittleEndian.Uint64(directory[8:])
		size := binary.LittleEndian.Uint64(directory[16:])
		if kind <= last || critical > 1 || !zero(directory[56:headerSize]) {
			return nil, refuse("directory")
		}
		if kind > lastKnown && critical == 1 {
			return nil, refuse("section %d is critical and not known", kind)
		}
		if kind <= lastKnown && (critical == 1) != (kind <= secCodes) {
			return nil, refuse("directory")
		}
		if at != uint64(align(end)) || at > uint64(len(data)) || size > uint64(len(data))-at || !zero(data[end:at]) {
			return nil, refuse("section %d lies elsewhere", kind)
		}
		end = int(at + size)
		sections[kind] = data[at:end:end]
		if seen := sha256.Sum256(sections[kind]); !bytes.Equal(seen[:], directory[24:56]) {
			return nil, refuse("hash of section %d", kind)
		}
		last = kind
	}
	if end != len(data) {
		return nil, refuse("something follows the last section")
	}
	return sections, nil
}

func (b *Bundle) parts(sections map[uint32][]byte) error {
	for _, kind := range []uint32{secCoverage, secLists, secLines} {
		if _, ok := sections[kind]; !ok {
			return refuse("section %d is missing", kind)
		}
	}
	for _, kind := range []uint32{secPages, secCodes, secTree} {
		if _, ok := sections[kind]; ok != (b.kind == full) {
			return refuse("section %d does not go with the kind", kind)
		}
	}
	b.lists, b.lines = sections[secLists], sections[secLines]
	b.pages, b.codes = sections[secPages], sections[secCodes]
	return nil
}

// log2up is the smallest e with 2^e >= n.
func log2up(n uint32) uint {
	if n <= 1 {
		return 0
	}
	return uint(bits.Len32(n - 1))
}

func (b *Bundle) row(p []byte) (row, error) {
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(p[at:]) }
	r := row{id: p[:idSize:idSize], n: u32(16), baseN: u32(20), extent: u32(24), at: u32(28), page: u32(32),
		thisUpdate: int64(u32(36)), nextUpdate: int64(u32(40)), lastOK: int64(u32(44)),
		complete: p[48] == 1, reason: Reason(p[49]), width: uint(p[50]), pageBits: uint(p[52])}
	if r.baseN > maxKeys || r.n > r.baseN+r.baseN/4 || p[48] > 1 || (r.complete && p[49] != 0) || !zero(p[53:rowSize]) ||
		(r.lastOK != 0 && r.lastOK == b.evidence) {
		return r, refuse("row")
	}
	width, pageBits, lines := uint(rice)+log2up(r.baseN), uint(0), uint32(0)
	if width > 64 {
		width = 64
	}
	if r.baseN >= small {
		pageBits = log2up((r.baseN + pageKeys - 1) / pageKeys)
		lines = (10*r.baseN + 511) / 512
	}
	if r.width != width || p[51] != rice || r.pageBits != pageBits || (lines != 0 && r.extent != lines) {
		return r, refuse("parameters of a row")
	}
	if r.lastOK == 0 && (r.thisUpdate != 0 || r.nextUpdate != 0) {
		r.lastOK = b.evidence
	}
	return r, nil
}

func (b *Bundle) coverage(c []byte) error {
	if len(c) < headerSize || !zero(c[40:headerSize]) || (len(c)-headerSize)%rowSize != 0 ||
		uint64(binary.LittleEndian.Uint32(c[32:])) != uint64(len(c)-headerSize)/rowSize {
		return refuse("coverage")
	}
	var list, line, page uint64
	for p := c[headerSize:]; len(p) > 0; p = p[rowSize:] {
		r, err := b.row(p[:rowSize])
		if err != nil {
			return err
		}
		if n := len(b.rows); n > 0 && bytes.Compare(b.rows[n-1].id, r.id) >= 0 {
			return refuse("order of the rows")
		}
		if r.baseN < small {
			if uint64(r.at) != list || r.page != 0 {
				return refuse("place of a list")
			}
			list += uint64(r.extent)
		} else {
			if uint64(r.at) != line || uint64(r.page) != page {
				return refuse("place of a filter")
			}
			line += uint64(r.extent)
			page += 1 << r.pageBits
		}
		b.rows = append(b.rows, r)
	}
	if list != uint64(len(b.lists)) || line*lineSize != uint64(len(b.lines)) ||
		page != uint64(binary.LittleEndian.Uint32(c[36:])) {
		return refuse("sums of the rows")
	}
	if b.kind == full && uint64(len(b.pages)) != 4*(page+1) {
		return refuse("page table")
	}
	return nil
}

func (b *Bundle) pageTable() error {
	var last uint32
	for at := 0; at < len(b.pages); at += 4 {
		next := binary.LittleEndian.Uint32(b.pages[at:])
		if next < last || (at == 0 && next != 0) {
			return refuse("page table")
		}
		last = next
	}
	if uint64(last) != uint64(len(b.codes)) {
		return refuse("page table")
	}
	return nil
}
