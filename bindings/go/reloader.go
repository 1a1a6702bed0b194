// SPDX-License-Identifier: Apache-2.0

package veridac

import "sync"

// Reloader holds the snapshot in force, for any number of goroutines. A new one takes its place in one
// step; the old one is closed when the last call that uses it has ended.
type Reloader struct {
	mu     sync.RWMutex
	now    *shared
	closed bool
}

// shared is a snapshot and those who use it: the Reloader itself, and calls that run.
type shared struct {
	snapshot *Snapshot
	users    sync.WaitGroup
}

// NewReloader begins with a snapshot, which it owns from now on; nil: with none, and Use returns
// ErrClosed until the first Replace.
func NewReloader(first *Snapshot) *Reloader {
	r := &Reloader{}
	if first != nil {
		r.now = &shared{snapshot: first}
	}
	return r
}

// Use calls f with the snapshot in force, which stays open until f returns. ErrClosed without one.
func (r *Reloader) Use(f func(*Snapshot) error) error {
	r.mu.RLock()
	s := r.now
	if s == nil {
		r.mu.RUnlock()
		return ErrClosed
	}
	s.users.Add(1)
	r.mu.RUnlock()
	defer s.users.Done()
	return f(s.snapshot)
}

// Replace puts a snapshot into force and owns it from now on. Calls that begin afterwards see it; the one
// before is closed when its calls have ended, without anybody waiting. After Close it closes next. nil
// changes nothing.
func (r *Reloader) Replace(next *Snapshot) {
	if next == nil {
		return
	}
	r.mu.Lock()
	old := r.now
	if r.closed {
		old = &shared{snapshot: next}
	} else {
		r.now = &shared{snapshot: next}
	}
	r.mu.Unlock()
	if old != nil {
		go old.end()
	}
}

// Close ends it: waits for calls that still run and closes the snapshot. Twice does nothing.
func (r *Reloader) Close() error {
	r.mu.Lock()
	old := r.now
	r.now, r.closed = nil, true
	r.mu.Unlock()
	if old != nil {
		old.end()
	}
	return nil
}

func (s *shared) end() {
	s.users.Wait() // nobody begins any more: it is not in force
	s.snapshot.Close()
}
