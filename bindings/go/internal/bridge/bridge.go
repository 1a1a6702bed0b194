// SPDX-License-Identifier: Apache-2.0

// Package bridge hands C handles from the package dcl to the package veridac: the C types of two packages
// are not the same types to Go.
package bridge

import "unsafe"

var (
	// Snapshot makes a *veridac.Snapshot of a veridac_snapshot, and owns it.
	Snapshot func(handle unsafe.Pointer) any
	// Trust makes a *veridac.Trust of a veridac_trust, and owns it.
	Trust func(handle unsafe.Pointer) any
)
