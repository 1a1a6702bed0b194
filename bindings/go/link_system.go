// SPDX-License-Identifier: Apache-2.0

package veridac

// #cgo pkg-config: libveridac
import "C"
