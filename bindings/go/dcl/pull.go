// SPDX-License-Identifier: Apache-2.0

//go:build !veridac_bundled

package dcl

// #include <stdlib.h>
// #include "flat.h"
import "C"

import (
	"context"
	"encoding/json"
	"time"
	"unsafe"

	veridac "github.com/veridac/veridac/bindings/go"
	"github.com/veridac/veridac/bindings/go/internal/bridge"
)

// Kind says how much of a snapshot is pulled.
type Kind int32

const (
	Auto Kind = 0                   // full while it has at most 1 MiB
	Hub  Kind = C.VERIDAC_KIND_HUB  // filters: some answers are Unconfirmed
	Full Kind = C.VERIDAC_KIND_FULL // every answer is exact
)

// Store is a folder with the snapshot that was pulled last. It is whole at any time, also when a pull
// fails, is killed or stopped. One process pulls at a time (ErrIO for the second).
type Store struct {
	Path          string
	URLs          []string      // mirrors, tried in turn
	Root          []byte        // root document (VDH1) to begin with; nil once the store has one
	Kind          Kind          // how much to pull
	ObjectTimeout time.Duration // for one object; 0: a minute
	MaxBytes      uint64        // of one pull; 0: 4 GiB

	Now func() time.Time // for Follow; nil: time.Now
}

// PullReport says what a pull did.
type PullReport struct {
	Changed  bool      `json:"changed"` // there is a new snapshot
	Asked    bool      `json:"asked"`   // false: it was not due yet
	From     string    `json:"from"`    // the mirror
	Sequence uint64    `json:"sequence"`
	Kind     string    `json:"kind"`
	SHA256   string    `json:"bundle"`
	Expires  time.Time `json:"expires"`
	NextPoll time.Time `json:"next_poll"` // before that nothing new is to be expected
	Bytes    uint64    `json:"bytes"`
	JSON     []byte    `json:"-"` // the whole report
}

// Pull gets what is new from the first mirror that has something good to give. With ifDue nobody is asked
// before the head's time of the next publication. On any error the installed snapshot stays; errors
// begin with the mirror and the reason (docs/publishing.md).
func (s *Store) Pull(ctx context.Context, at time.Time, ifDue bool) (*PullReport, error) {
	if err := noNUL("pull", append([]string{s.Path}, s.URLs...)...); err != nil {
		return nil, err
	}
	c := begin(ctx, "pull")
	var root *C.uint8_t
	if len(s.Root) > 0 {
		root = (*C.uint8_t)(unsafe.Pointer(&s.Root[0]))
	}
	report, err := c.end(C.flat_pull(c.texts(s.URLs), C.size_t(len(s.URLs)), c.text(s.Path), root,
		C.size_t(len(s.Root)), C.int64_t(at.Unix()), seconds(s.ObjectTimeout), C.int32_t(s.Kind),
		flag(ifDue), spread(), C.uint64_t(s.MaxBytes), c.flag, &c.out, &c.why))
	if err != nil {
		return nil, err
	}
	ret := &PullReport{JSON: report}
	return ret, json.Unmarshal(report, ret)
}

// Snapshot is the one that was pulled last, checked anew. No network. Close it.
func (s *Store) Snapshot() (*veridac.Snapshot, error) {
	if err := noNUL("open store", s.Path); err != nil {
		return nil, err
	}
	var handle *C.veridac_snapshot
	c := begin(context.Background(), "open store")
	st := C.veridac_store_open(c.text(s.Path), &handle, &c.why)
	if _, err := c.end(st); err != nil {
		return nil, err
	}
	return bridge.Snapshot(unsafe.Pointer(handle)).(*veridac.Snapshot), nil
}

// Trust has the PAAs and declaration signers of the store's signed list. Close it.
func (s *Store) Trust() (*veridac.Trust, error) {
	if err := noNUL("open trust list", s.Path); err != nil {
		return nil, err
	}
	var handle *C.veridac_trust
	c := begin(context.Background(), "open trust list")
	st := C.veridac_trust_new(&handle)
	if st == C.VERIDAC_OK {
		st = C.veridac_store_trust(c.text(s.Path), handle, &c.why)
	}
	if _, err := c.end(st); err != nil {
		C.veridac_trust_free(handle)
		return nil, err
	}
	return bridge.Trust(unsafe.Pointer(handle)).(*veridac.Trust), nil
}

// load puts what is installed into force, whoever installed it, unless it is there already.
func (s *Store) load(into *veridac.Reloader, inForce *veridac.SnapshotInfo) error {
	snapshot, err := s.Snapshot()
	if err != nil {
		return err
	}
	info, err := snapshot.Info()
	if err != nil || info == *inForce {
		snapshot.Close()
		return err
	}
	into.Replace(snapshot)
	*inForce = info
	return nil
}

// turn is one pull, and what follows from it.
func (s *Store) turn(ctx context.Context, at time.Time, into *veridac.Reloader, inForce *veridac.SnapshotInfo) (*PullReport, error) {
	report, err := s.Pull(ctx, at, true)
	if err == nil && report.Sequence == inForce.Sequence && report.SHA256 == inForce.SHA256 {
		return report, nil
	}
	// Not only what this pull changed: another process may have pulled, or opening failed the last time.
	if why := s.load(into, inForce); err == nil {
		err = why
	}
	return report, err
}

// Follow keeps a Reloader at the newest snapshot until ctx ends, whose error it returns: it pulls when the
// next publication is due, and again after a while when a pull failed. The installed snapshot, when there
// is one, is put into force first, and after every pull whatever is installed then, also by another
// process. failed, when it is not nil, hears of pulls that failed.
func (s *Store) Follow(ctx context.Context, into *veridac.Reloader, failed func(error)) error {
	const least, most = time.Minute, time.Hour
	retry, now := least, s.Now
	if now == nil {
		now = time.Now
	}
	var inForce veridac.SnapshotInfo
	_ = s.load(into, &inForce) // there may be none yet; a pull says why when there should be
	for {
		wait := retry
		report, err := s.turn(ctx, now(), into, &inForce)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			retry = least
			wait = report.NextPoll.Sub(now())
			if wait < least {
				wait = least
			}
		} else {
			if failed != nil {
				failed(err)
			}
			if retry *= 2; retry > most {
				retry = most
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}
