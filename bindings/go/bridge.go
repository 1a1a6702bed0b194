// SPDX-License-Identifier: Apache-2.0

package veridac

// #include "flat.h"
import "C"

import (
	"runtime"
	"unsafe"

	"github.com/veridac/veridac/bindings/go/internal/bridge"
)

func init() {
	bridge.Snapshot = func(handle unsafe.Pointer) any {
		return newSnapshot((*C.veridac_snapshot)(handle))
	}
	bridge.Trust = func(handle unsafe.Pointer) any {
		t := &Trust{handle: (*C.veridac_trust)(handle)}
		runtime.SetFinalizer(t, (*Trust).Close)
		return t
	}
}
