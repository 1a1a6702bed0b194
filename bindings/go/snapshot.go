// SPDX-License-Identifier: Apache-2.0

package veridac

// #include <stdlib.h>
// #include "flat.h"
import "C"

import (
	"context"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Snapshot is a bundle of revocations, with or without its signed head. It never changes: share it.
type Snapshot struct {
	mu     sync.RWMutex
	handle *C.veridac_snapshot
	id     uint64 // who locks several does it in this order
}

var lastID uint64

func newSnapshot(handle *C.veridac_snapshot) *Snapshot {
	s := &Snapshot{handle: handle, id: atomic.AddUint64(&lastID, 1)}
	runtime.SetFinalizer(s, (*Snapshot).Close)
	return s
}

// SnapshotOptions may be the zero value.
type SnapshotOptions struct {
	Head, Root []byte // the signed head that names the bundle, and the root document (VDH1): both or neither
	Label      string // how answers call this snapshot

	// At most 4 that the head names: names, provenance, compliance records, rules. Rules that it names must
	// be among them (ErrData).
	Parts [][]byte
}

// ReadSnapshot checks all of a bundle and keeps it in memory.
func ReadSnapshot(r io.Reader, o SnapshotOptions) (*Snapshot, error) {
	data, err := limited(r)
	if err != nil {
		return nil, err
	}
	return open(data, "", o)
}

// OpenSnapshot checks all of a bundle file; it is mapped when only its owner or root can change it.
func OpenSnapshot(path string, o SnapshotOptions) (*Snapshot, error) {
	for _, c := range []byte(path) {
		if c == 0 {
			return nil, &OpError{Op: "open snapshot", Code: ErrMisuse, Text: "a path with a NUL"}
		}
	}
	return open(nil, path, o)
}

func open(data []byte, path string, o SnapshotOptions) (*Snapshot, error) {
	var cPath *C.char
	if data == nil {
		cPath = C.CString(path)
		defer C.free(unsafe.Pointer(cPath))
	}
	label := C.CString(o.Label)
	defer C.free(unsafe.Pointer(label))
	var why C.veridac_error
	p, n := bytesOf(data)
	head, nHead := bytesOf(o.Head)
	root, nRoot := bytesOf(o.Root)
	block, ends := make([]byte, 0), make([]C.size_t, len(o.Parts)+1)
	for i, part := range o.Parts {
		block = append(block, part...)
		ends[i] = C.size_t(len(block))
	}
	parts, _ := bytesOf(block)
	var handle *C.veridac_snapshot
	st := C.flat_open(p, n, cPath, head, nHead, root, nRoot, parts, &ends[0], C.size_t(len(o.Parts)), label,
		&handle, &why)
	if st != C.VERIDAC_OK {
		return nil, opError("open snapshot", st, text(&why))
	}
	return newSnapshot(handle), nil
}

// Close frees the snapshot after calls that still run; twice does nothing.
func (s *Snapshot) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	runtime.SetFinalizer(s, nil)
	C.veridac_snapshot_free(s.handle)
	s.handle = nil
	return nil
}

// SnapshotInfo says what a snapshot holds.
type SnapshotInfo struct {
	Network                        Network
	HasHead                        bool
	Sequence                       uint64
	Created, Expires, EvidenceTime time.Time
	Issuers, GoodIssuers           int
	Revoked                        uint64
	SHA256                         string
}

// Info says what the snapshot holds.
func (s *Snapshot) Info() (SnapshotInfo, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.handle == nil {
		return SnapshotInfo{}, ErrClosed
	}
	v := C.veridac_snapshot_view{size: C.sizeof_veridac_snapshot_view}
	st := C.veridac_snapshot_look(s.handle, &v)
	return SnapshotInfo{
		Network: Network(v.network), HasHead: v.has_head != 0, Sequence: uint64(v.sequence),
		Created: moment(v.created), Expires: moment(v.expires),
		EvidenceTime: moment(v.evidence_time), Issuers: int(v.n_issuers),
		GoodIssuers: int(v.n_good), Revoked: uint64(v.n_revoked), SHA256: C.GoString(&v.sha256[0]),
	}, opError("look at snapshot", st, "")
}

// Asker is an issuer of a snapshot and the terms of a question: a Name (DER), an authority key id (20
// bytes) and a policy, prepared for many calls. It does not keep the snapshot open.
type Asker struct {
	snapshot    *Snapshot
	name, keyID []byte
	policy      C.veridac_policy
}

// Issuer prepares questions about certificates of one issuer.
func (s *Snapshot) Issuer(name, keyID []byte, policy Policy) *Asker {
	a := &Asker{snapshot: s, policy: policy.c()}
	a.name = append([]byte{}, name...)
	a.keyID = append([]byte{}, keyID...)
	return a
}

// Check gives the revocation status of one certificate. serial is the content of the INTEGER; leading
// zeros do not matter. ErrOtherNetwork when the policy is of another network than the snapshot.
func (a *Asker) Check(serial []byte, at time.Time) (Status, error) {
	s := a.snapshot
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.handle == nil {
		return Status{}, ErrClosed
	}
	name, nName := bytesOf(a.name)
	id, nID := bytesOf(a.keyID)
	p, n := bytesOf(serial)
	got := C.flat_check(s.handle, name, nName, id, nID, p, n, &a.policy, C.int64_t(at.Unix()))
	if st := C.veridac_status(got >> 16); st != C.VERIDAC_OK {
		return Status{}, opError("check", st, "")
	}
	return Status{Revocation(got >> 8), Reason(got & 0xFF)}, nil
}

// Lookup gives the same with its source and the times of the issuer's CRLs.
func (a *Asker) Lookup(serial []byte, at time.Time) (Answer, error) {
	s := a.snapshot
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.handle == nil {
		return Answer{}, ErrClosed
	}
	name, nName := bytesOf(a.name)
	id, nID := bytesOf(a.keyID)
	p, n := bytesOf(serial)
	got := C.veridac_answer{size: C.sizeof_veridac_answer}
	st := C.flat_lookup(s.handle, name, nName, id, nID, p, n, &a.policy, C.int64_t(at.Unix()), &got)
	if st != C.VERIDAC_OK {
		return Answer{}, opError("lookup", st, "")
	}
	return answer(&got), nil
}

// chunk is how many serials are looked up between two looks at the context.
const chunk = 1 << 16

// CheckMany gives the status of each serial, in order. Between chunks of 65 536 it returns ctx.Err() when
// the context has ended.
func (a *Asker) CheckMany(ctx context.Context, serials [][]byte, at time.Time) ([]Status, error) {
	ret := make([]Status, len(serials))
	for from := 0; from < len(serials); from += chunk {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		to := from + chunk
		if to > len(serials) {
			to = len(serials)
		}
		var block []byte
		ends := make([]uint32, 0, to-from)
		for _, serial := range serials[from:to] {
			if len(serial) == 0 || len(serial) > 1<<15 {
				return nil, &OpError{Op: "check many", Code: ErrMisuse, Text: "a serial without octets, or far too long"}
			}
			block = append(block, serial...)
			ends = append(ends, uint32(len(block)))
		}
		if err := a.block(block, ends, at, ret[from:to]); err != nil {
			return nil, err
		}
	}
	return ret, nil
}

// CheckBlock is CheckMany for serials of one width, back to back, padded with zeros in front.
func (a *Asker) CheckBlock(ctx context.Context, serials []byte, width int, at time.Time, ret []Status) error {
	if width < 1 || len(serials)%width != 0 || len(serials)/width != len(ret) {
		return &OpError{Op: "check block", Code: ErrMisuse, Text: "the block does not come out even"}
	}
	for from := 0; from < len(ret); from += chunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		to := from + chunk
		if to > len(ret) {
			to = len(ret)
		}
		if err := a.block(serials[from*width:to*width], nil, at, ret[from:to]); err != nil {
			return err
		}
	}
	return nil
}

func (a *Asker) block(serials []byte, ends []uint32, at time.Time, ret []Status) error {
	s := a.snapshot
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.handle == nil {
		return ErrClosed
	}
	if len(ret) == 0 {
		return nil
	}
	var cEnds *C.uint32_t
	if ends != nil {
		cEnds = (*C.uint32_t)(unsafe.Pointer(&ends[0]))
	}
	name, nName := bytesOf(a.name)
	id, nID := bytesOf(a.keyID)
	p, n := bytesOf(serials)
	// a Status is laid out as veridac_brief is: two bytes, and the tests see to it
	st := C.flat_check_block(s.handle, name, nName, id, nID, p, n, cEnds, C.size_t(len(ret)),
		&a.policy, C.int64_t(at.Unix()), unsafe.Pointer(&ret[0]))
	return opError("check", st, "")
}
