// SPDX-License-Identifier: Apache-2.0

package veridac

// #include "flat.h"
import "C"

import (
	"runtime"
	"sort"
	"sync"
	"time"
	"unsafe"
)

// Verifier judges devices with a trust store, snapshots and a policy that do not change. It remembers
// signatures that verified, and nothing else. Use it from any number of goroutines.
type Verifier struct {
	JSON bool // results carry their JSON; set before the first call

	trust     *Trust
	snapshots []*Snapshot // as the caller gave them, each once
	locking   []*Snapshot // the same in the order in which their locks are taken
	policy    C.veridac_policy

	mu     sync.Mutex
	idle   []*worker
	closed bool
}

// worker is what one call at a time may use.
type worker struct {
	context *C.veridac_context
	result  *C.veridac_result
}

// NewVerifier takes at most 16 snapshots; they add up: revoked in one is revoked. Without any the
// revocation status is Unknown(NoData). The handles stay the caller's; after their Close calls return
// ErrClosed.
func NewVerifier(trust *Trust, snapshots []*Snapshot, policy Policy) (*Verifier, error) {
	if trust == nil || len(snapshots) > 16 {
		return nil, &OpError{Op: "new verifier", Code: ErrMisuse, Text: "needs a trust store and at most 16 snapshots"}
	}
	for _, s := range snapshots {
		if s == nil {
			return nil, &OpError{Op: "new verifier", Code: ErrMisuse, Text: "a snapshot is nil"}
		}
	}
	if err := trust.seal(); err != nil {
		return nil, err
	}
	v := &Verifier{trust: trust, policy: policy.c()}
	seen := make(map[*Snapshot]bool)
	for _, s := range snapshots {
		if !seen[s] { // one lock must not be taken twice by one call
			v.snapshots = append(v.snapshots, s)
		}
		seen[s] = true
	}
	// One order for all verifiers: two calls that each hold the lock that the other waits for, behind a
	// Close, would wait for ever.
	v.locking = append(v.locking, v.snapshots...)
	sort.Slice(v.locking, func(i, j int) bool { return v.locking[i].id < v.locking[j].id })
	runtime.SetFinalizer(v, (*Verifier).Close)
	return v, nil
}

// Close frees what the verifier remembers; calls that still run end well.
func (v *Verifier) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	runtime.SetFinalizer(v, nil)
	v.closed = true
	for _, w := range v.idle {
		w.free()
	}
	v.idle = nil
	return nil
}

func (w *worker) free() {
	C.veridac_context_free(w.context)
	C.veridac_result_free(w.result)
}

func (v *Verifier) take() (*worker, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return nil, ErrClosed
	}
	if n := len(v.idle); n > 0 {
		w := v.idle[n-1]
		v.idle = v.idle[:n-1]
		return w, nil
	}
	w := &worker{}
	if C.veridac_context_new(&w.context) != C.VERIDAC_OK || C.veridac_result_new(&w.result) != C.VERIDAC_OK {
		w.free()
		return nil, opError("verify", C.VERIDAC_NO_MEMORY, "")
	}
	return w, nil
}

func (v *Verifier) give(w *worker) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		w.free()
	} else {
		v.idle = append(v.idle, w)
	}
}

// flat puts everything a device sent into one block.
func flat(d *Device, parts *[C.FLAT_PARTS]C.struct_flat_part) []byte {
	all := [...][]byte{d.DAC, d.PAI, d.Elements, d.Signature, d.Challenge, d.Nonce,
		d.NOCSR, d.NOCSRSignature, d.CSRNonce}
	block := make([]byte, 1, 4096)
	for i, part := range all {
		parts[i].at = -1
		if part != nil {
			parts[i].at = C.int64_t(len(block))
			parts[i].size = C.size_t(len(part))
			block = append(block, part...)
		}
	}
	return block
}

func number16(n *uint16) C.int32_t {
	if n == nil {
		return -1
	}
	return C.int32_t(*n)
}

// Verify judges one device (Matter 6.2.3.1): all findings, not only the first. It takes about as long as
// four ECDSA verifications.
func (v *Verifier) Verify(d *Device, at time.Time) (*Result, error) {
	if d == nil {
		return nil, &OpError{Op: "verify", Code: ErrMisuse, Text: "the device is nil"}
	}
	w, err := v.take()
	if err != nil {
		return nil, err
	}
	defer v.give(w)
	v.trust.mu.RLock()
	defer v.trust.mu.RUnlock()
	if v.trust.handle == nil {
		return nil, ErrClosed
	}
	for _, s := range v.locking {
		s.mu.RLock()
		defer s.mu.RUnlock()
	}
	handles := make([]*C.veridac_snapshot, len(v.snapshots)+1)
	for i, s := range v.snapshots {
		if s.handle == nil {
			return nil, ErrClosed
		}
		handles[i] = s.handle
	}
	var parts [C.FLAT_PARTS]C.struct_flat_part
	block := flat(d, &parts)
	version := C.int64_t(-1)
	if d.SoftwareVersion != nil {
		version = C.int64_t(*d.SoftwareVersion)
	}
	st := C.flat_verify(w.context, (*C.uint8_t)(unsafe.Pointer(&block[0])), &parts[0],
		number16(d.VID), number16(d.PID), version, v.trust.handle, &handles[0],
		C.size_t(len(v.snapshots)), &v.policy, C.int64_t(at.Unix()), w.result)
	if st != C.VERIDAC_OK {
		return nil, opError("verify", st, "")
	}
	return v.read(w.result)
}

func (v *Verifier) read(r *C.veridac_result) (*Result, error) {
	view := C.veridac_result_view{size: C.sizeof_veridac_result_view}
	if st := C.veridac_result_look(r, &view); st != C.VERIDAC_OK {
		return nil, opError("verify", st, "")
	}
	ret := &Result{Verdict: Verdict(view.verdict), Enforced: view.enforced != 0,
		At: time.Unix(int64(view.at), 0).UTC(), DAC: answer(view.dac), PAI: answer(view.pai)}
	f := C.veridac_finding{size: C.sizeof_veridac_finding}
	for i := C.uint32_t(0); i < view.n_findings; i++ {
		if st := C.veridac_result_finding(r, i, &f); st != C.VERIDAC_OK {
			return nil, opError("verify", st, "")
		}
		ret.Findings = append(ret.Findings, Finding{
			ID: C.GoString(f.id), Severity: C.GoString(f.severity), Clause: C.GoString(f.clause),
			Subject: C.GoString(f.subject), Text: C.GoString(f.text), Found: C.GoString(f.found),
			Wanted: C.GoString(f.wanted), Hint: C.GoString(f.hint), SDKCode: int(f.sdk_code)})
	}
	if v.JSON {
		var out C.veridac_buffer
		if st := C.veridac_result_json(r, &out); st != C.VERIDAC_OK {
			return nil, opError("verify", st, "")
		}
		ret.JSON = take(&out)
	}
	return ret, nil
}
