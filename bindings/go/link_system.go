// SPDX-License-Identifier: Apache-2.0

//go:build !veridac_bundled

package veridac

// #cgo pkg-config: libveridac
import "C"
