// SPDX-License-Identifier: Apache-2.0

// Package veridac answers: is this Matter device genuine, and has its certificate been revoked?
//
// It is a thin layer over the C library libveridac. What is found is a value: a revoked device is no
// error. Errors say that the library could not do its work, or was called with something that cannot
// be. Times are always given by the caller. Handles may be used by any number of goroutines; Close
// waits for calls that still run.
package veridac

// #include <stdlib.h>
// #include "flat.h"
import "C"

import (
	"io"
	"unsafe"
)

// Version of the C library.
func Version() string { return C.GoString(C.veridac_version()) }

// Meant says which certificate is meant when a text holds several.
type Meant int32

const (
	MeantFirst Meant = C.VERIDAC_MEANT_FIRST
	MeantDAC   Meant = C.VERIDAC_MEANT_DAC // the first that is no CA; without one the first
	MeantPAI   Meant = C.VERIDAC_MEANT_PAI // the first CA that is not self-issued; without one the second
)

// Unwrap gives the binary data inside PEM, hex, base64 or the lines of a commissioner's log; anything
// else as it is. At most 64 MiB (ErrTooLarge).
func Unwrap(data []byte, meant Meant) ([]byte, error) {
	var out C.veridac_buffer
	var why C.veridac_error
	p, n := bytesOf(data)
	st := C.flat_unwrap(p, n, C.int32_t(meant), &out, &why)
	if st != C.VERIDAC_OK {
		return nil, opError("unwrap", st, text(&why))
	}
	return take(&out), nil
}

// Show describes a certificate, CRL, declaration, elements, head or bundle completely and readably, as
// text or as JSON.
func Show(data []byte, json bool) (string, error) {
	var out C.veridac_buffer
	var why C.veridac_error
	var flags C.int32_t
	if json {
		flags = C.VERIDAC_SHOW_JSON
	}
	p, n := bytesOf(data)
	st := C.flat_show(p, n, flags, &out, &why)
	if st != C.VERIDAC_OK {
		return "", opError("show", st, text(&why))
	}
	return string(take(&out)), nil
}

var empty [1]byte

// bytesOf is what C wants of a slice: nil is "not given", and empty is not nil.
func bytesOf(b []byte) (*C.uint8_t, C.size_t) {
	if b == nil {
		return nil, 0
	}
	if len(b) == 0 {
		return (*C.uint8_t)(&empty[0]), 0
	}
	return (*C.uint8_t)(unsafe.Pointer(&b[0])), C.size_t(len(b))
}

// take copies the library's buffer and frees it.
func take(b *C.veridac_buffer) []byte {
	ret := make([]byte, int(b.size))
	copy(ret, unsafe.Slice((*byte)(unsafe.Pointer(b.data)), int(b.size)))
	C.veridac_buffer_free(b)
	return ret
}

func text(why *C.veridac_error) string { return C.GoString(&why.text[0]) }

// limited reads all of r, and one byte more than the library takes at most.
func limited(r io.Reader) ([]byte, error) {
	const most = 1 << 30
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && len(data) > most {
		err = ErrTooLarge
	}
	if data == nil {
		data = []byte{}
	}
	return data, err
}
