// SPDX-License-Identifier: Apache-2.0

package veridac

// #include "flat.h"
import "C"

import "errors"

// Code is what the library says of its own work. Every error of a call is an *OpError that unwraps to
// one: errors.Is(err, veridac.ErrData).
type Code int32

const (
	ErrMisuse       Code = C.VERIDAC_MISUSE        // a value that cannot be, a call in the wrong order
	ErrNoMemory     Code = C.VERIDAC_NO_MEMORY     // out of memory
	ErrData         Code = C.VERIDAC_BAD_DATA      // data of the operator that cannot be used
	ErrTooLarge     Code = C.VERIDAC_TOO_LARGE     // over a ceiling
	ErrSignature    Code = C.VERIDAC_BAD_SIGNATURE // a head or bundle that is not what was signed
	ErrOtherNetwork Code = C.VERIDAC_OTHER_NETWORK // a snapshot of another network than the policy
	ErrIO           Code = C.VERIDAC_IO            // a file or a server
	ErrInternal     Code = C.VERIDAC_INTERNAL      // libcrypto failed in a way that input cannot explain
	ErrStopped      Code = C.VERIDAC_STOPPED       // ended by its context
)

// ErrClosed says that a handle was used after Close.
var ErrClosed = errors.New("veridac: closed")

// ErrSealed says that something was to be added to a trust store that a Verifier uses.
var ErrSealed = errors.New("veridac: a verifier uses this trust store")

func (c Code) Error() string {
	return C.GoString(C.veridac_status_text(C.veridac_status(c)))
}

// OpError is the error of one call.
type OpError struct {
	Op   string // the call, e.g. "open snapshot"
	Code Code
	Text string // one line that says what was expected and what was there; "" for none

	Cause error // of ErrStopped: what its context says; nil otherwise
}

func (e *OpError) Error() string {
	if e.Text == "" {
		return "veridac: " + e.Op + ": " + e.Code.Error()
	}
	return "veridac: " + e.Op + ": " + e.Code.Error() + ": " + e.Text
}

// Unwrap gives the Code.
func (e *OpError) Unwrap() error { return e.Code }

// Is knows the error of a context as well.
func (e *OpError) Is(target error) bool { return e.Cause != nil && errors.Is(e.Cause, target) }

func opError(op string, status C.veridac_status, text string) error {
	if status == C.VERIDAC_OK {
		return nil
	}
	return &OpError{Op: op, Code: Code(status), Text: text}
}
