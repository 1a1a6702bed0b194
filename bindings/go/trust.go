// SPDX-License-Identifier: Apache-2.0

package veridac

// #include "flat.h"
import "C"

import (
	"io"
	"runtime"
	"sync"
	"time"
)

// Trust holds PAAs, and the keys that sign Certification Declarations.
//
// Whatever is said of its network, a certificate of the SDK's test roots, of the vendor ids FFF1 to
// FFF4 and the test declaration key is of the test network, and the CSA declaration root is never a
// PAA. Once a Verifier uses it nothing can be added (ErrSealed).
type Trust struct {
	mu     sync.RWMutex
	handle *C.veridac_trust
	sealed bool
}

// NewTrust makes an empty store. Close it.
func NewTrust() (*Trust, error) {
	t := &Trust{}
	if st := C.veridac_trust_new(&t.handle); st != C.VERIDAC_OK {
		return nil, opError("new trust store", st, "")
	}
	runtime.SetFinalizer(t, (*Trust).Close)
	return t, nil
}

// Close frees the store; twice does nothing.
func (t *Trust) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	runtime.SetFinalizer(t, nil)
	C.veridac_trust_free(t.handle)
	t.handle = nil
	return nil
}

// Report says what became of certificates that were added.
type Report struct {
	Accepted, Refused int
	Text              string // a line for each certificate that was refused or has a note
}

// Source says where certificates come from.
type Source struct {
	Network   Network
	Withdrawn bool      // PAAs that are trusted no longer: kept so that a finding can say so
	AsOf      time.Time // when the list was current; zero: not known
}

// AddPAA adds the PAA certificates in r: DER, or PEM with any number of blocks (Matter 6.2.2.5).
// ErrData when none was accepted; the report says why.
func (t *Trust) AddPAA(r io.Reader, from Source) (Report, error) {
	return t.add("add PAA", 0, r, from)
}

// AddCDSigner adds certificates whose keys may sign declarations; for Main only those count that chain
// to the CSA root (Matter 6.3.1).
func (t *Trust) AddCDSigner(r io.Reader, from Source) (Report, error) {
	return t.add("add declaration signer", 1, r, from)
}

func (t *Trust) add(op string, signer C.int, r io.Reader, from Source) (Report, error) {
	data, err := limited(r)
	if err != nil {
		return Report{}, err
	}
	source := C.veridac_trust_source{
		size:      C.sizeof_veridac_trust_source,
		network:   C.int32_t(from.Network),
		withdrawn: C.int32_t(boolInt(from.Withdrawn)),
	}
	if !from.AsOf.IsZero() {
		source.as_of = C.int64_t(from.AsOf.Unix())
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.handle == nil {
		return Report{}, ErrClosed
	}
	if t.sealed {
		return Report{}, ErrSealed
	}
	report := C.veridac_trust_report{size: C.sizeof_veridac_trust_report}
	p, n := bytesOf(data)
	st := C.flat_add(t.handle, signer, p, n, &source, &report)
	runtime.KeepAlive(t)
	ret := Report{int(report.accepted), int(report.refused), C.GoString(&report.text[0])}
	return ret, opError(op, st, ret.Text)
}

// seal is called by the verifier that shares the store.
func (t *Trust) seal() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.handle == nil {
		return ErrClosed
	}
	t.sealed = true
	return nil
}
