// SPDX-License-Identifier: Apache-2.0

//go:build !veridac_bundled

package dcl

// #include <stdlib.h>
// #include "flat.h"
import "C"

import (
	"context"
	"time"

	veridac "github.com/veridac/veridac/bindings/go"
)

// Sync gathers evidence: the lists of ledger nodes and the CRLs that they name, in a folder.
type Sync struct {
	Nodes         []string // REST bases: https, or http on loopback; at most 16
	State         string   // folder; made when it is not there
	Network       veridac.Network
	Accept        []string // SHA-256 (hex) of anchors that are accepted from now on
	AllowPrivate  bool     // CRL hosts may have private addresses
	CAFile        string   // authorities of TLS servers, PEM; "": the system's
	ObjectTimeout time.Duration
	DryRun        bool // asks the nodes and writes nothing
	Offline       bool // reports on what is there
}

// Run is one run, all of it or nothing; the report is JSON.
func (s *Sync) Run(ctx context.Context, at time.Time) ([]byte, error) {
	all := append(append([]string{s.State, s.CAFile}, s.Nodes...), s.Accept...)
	if err := noNUL("sync", all...); err != nil {
		return nil, err
	}
	c := begin(ctx, "sync")
	return c.end(C.flat_sync(c.texts(s.Nodes), C.size_t(len(s.Nodes)), c.text(s.State),
		C.int32_t(s.Network), C.int64_t(at.Unix()), c.texts(s.Accept), C.size_t(len(s.Accept)),
		seconds(s.ObjectTimeout), flag(s.AllowPrivate), flag(s.DryRun), flag(s.Offline),
		c.text(s.CAFile), spread(), c.flag, &c.out, &c.why))
}
