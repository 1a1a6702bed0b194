// SPDX-License-Identifier: Apache-2.0

//go:build !veridac_bundled

// Package dcl moves bytes: from the ledger to evidence, from mirrors to a local store. It is a layer over
// the C library libveridac-dcl, which has to be installed; there is no bundled form.
//
// Every call takes a context: its deadline and its end reach the network within a tenth of a second, and
// the error is then both veridac.ErrStopped and ctx.Err().
package dcl

// #cgo pkg-config: libveridac-dcl libveridac
// #include <stdlib.h>
// #include "flat.h"
import "C"

import (
	"context"
	"math/rand"
	"strings"
	"time"
	"unsafe"

	veridac "github.com/veridac/veridac/bindings/go"
)

// call is the time of one call: what C reads and writes, and who may end it.
type call struct {
	op     string
	ctx    context.Context
	memory []unsafe.Pointer
	flag   *C.flat_flag
	ended  chan struct{}
	gone   chan struct{}
	out    C.veridac_buffer
	why    C.veridac_error
}

func begin(ctx context.Context, op string) *call {
	c := &call{op: op, ctx: ctx, ended: make(chan struct{}), gone: make(chan struct{})}
	c.flag = (*C.flat_flag)(c.alloc(C.sizeof_flat_flag))
	*c.flag = 0
	go func() {
		defer close(c.gone)
		select {
		case <-ctx.Done():
			C.flat_raise(c.flag)
		case <-c.ended:
		}
	}()
	return c
}

func (c *call) alloc(n C.size_t) unsafe.Pointer {
	p := C.malloc(n)
	c.memory = append(c.memory, p)
	return p
}

// text is a C string, NULL for "".
func (c *call) text(s string) *C.char {
	if s == "" {
		return nil
	}
	p := C.CString(s)
	c.memory = append(c.memory, unsafe.Pointer(p))
	return p
}

// texts is an array of C strings in C memory.
func (c *call) texts(all []string) **C.char {
	p := (**C.char)(c.alloc(C.size_t(len(all)+1) * C.size_t(unsafe.Sizeof(uintptr(0)))))
	array := unsafe.Slice(p, len(all)+1)
	for i, s := range all {
		array[i] = C.CString(s)
		c.memory = append(c.memory, unsafe.Pointer(array[i]))
	}
	array[len(all)] = nil
	return p
}

// end frees everything and gives the report.
func (c *call) end(st C.veridac_status) ([]byte, error) {
	close(c.ended)
	<-c.gone // nobody touches the flag any more
	for _, p := range c.memory {
		C.free(p)
	}
	if st != C.VERIDAC_OK {
		err := &veridac.OpError{Op: c.op, Code: veridac.Code(st), Text: C.GoString(&c.why.text[0])}
		if st == C.VERIDAC_STOPPED {
			err.Cause = c.ctx.Err()
		}
		return nil, err
	}
	report := C.GoBytes(unsafe.Pointer(c.out.data), C.int(c.out.size))
	C.veridac_buffer_free(&c.out)
	return report, nil
}

// noNUL finds what C would cut short.
func noNUL(op string, all ...string) error {
	for _, s := range all {
		if strings.IndexByte(s, 0) >= 0 {
			return &veridac.OpError{Op: op, Code: veridac.ErrMisuse, Text: "a text with a NUL"}
		}
	}
	return nil
}

// seconds rounds up: never less than what was asked for.
func seconds(d time.Duration) C.int64_t {
	if d < 0 {
		return -1
	}
	return C.int64_t((d + time.Second - 1) / time.Second)
}

func flag(b bool) C.int32_t {
	if b {
		return 1
	}
	return 0
}

// spread differs from caller to caller: polls and retries are spread with it, nothing is guarded.
func spread() C.uint64_t {
	return C.uint64_t(rand.New(rand.NewSource(time.Now().UnixNano())).Uint64())
}
