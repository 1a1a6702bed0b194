// SPDX-License-Identifier: Apache-2.0

//go:build veridac_bundled

package veridac

// The library's sources stand in this folder, as files vd_*; scripts/vendor.sh puts them there.

// #cgo CFLAGS: -DVERIDAC_STATIC -DVERIDAC_BUNDLED -D_POSIX_C_SOURCE=200809L
// #cgo LDFLAGS: -lcrypto
import "C"
