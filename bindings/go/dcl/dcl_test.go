// SPDX-License-Identifier: Apache-2.0

//go:build !veridac_bundled

package dcl

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	veridac "github.com/veridac/veridac/bindings/go"
	"github.com/veridac/veridac/bindings/go/repository"
)

var (
	mirror = os.Getenv("VERIDAC_MIRROR") // servers on loopback, started by the caller
	silent = os.Getenv("VERIDAC_SILENT")
	ledger = os.Getenv("VERIDAC_LEDGER")
	world  = os.Getenv("VERIDAC_WORLD")
)

func now() time.Time {
	n, _ := strconv.ParseInt(os.Getenv("VERIDAC_NOW"), 10, 64)
	return time.Unix(n, 0)
}

func need(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, parts ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(parts...))
	need(t, err)
	return data
}

func newStore(t *testing.T, urls ...string) *Store {
	t.Helper()
	if mirror == "" {
		t.Skip("needs servers")
	}
	return &Store{Path: filepath.Join(t.TempDir(), "store"), URLs: urls, Now: now,
		Root: read(t, os.Getenv("VERIDAC_ROOT"))}
}

// device is one of the test world.
func device(t *testing.T, name string) *veridac.Device {
	folder, told := filepath.Join(world, "devices", name), make(map[string]string)
	for _, line := range strings.Split(string(read(t, folder, "device.txt")), "\n") {
		if i := strings.Index(line, ": "); i > 0 {
			told[line[:i]] = line[i+2:]
		}
	}
	octets := func(key string) []byte {
		data, err := hex.DecodeString(told[key])
		need(t, err)
		return data
	}
	number := func(key string) *uint16 {
		n, err := strconv.ParseUint(told[key], 0, 16)
		need(t, err)
		ret := uint16(n)
		return &ret
	}
	return &veridac.Device{DAC: read(t, folder, "dac.der"), PAI: read(t, folder, "pai.der"),
		Elements: read(t, folder, "elements.bin"), Signature: read(t, folder, "signature.bin"),
		Challenge: octets("challenge"), Nonce: octets("nonce"), VID: number("vid"), PID: number("pid")}
}

func TestPullAndJudge(t *testing.T) {
	s := newStore(t, mirror)
	report, err := s.Pull(context.Background(), now(), false)
	need(t, err)
	if !report.Changed || report.Kind != "full" || report.From != mirror || !report.NextPoll.After(now()) || len(report.JSON) == 0 {
		t.Errorf("%+v", report)
	}
	s.Root = nil // the store has it
	if again, err := s.Pull(context.Background(), now(), true); err != nil || again.Asked {
		t.Error(again, err)
	}
	snapshot, err := s.Snapshot()
	need(t, err)
	defer snapshot.Close()
	trust, err := s.Trust()
	need(t, err)
	defer trust.Close()
	if info, err := snapshot.Info(); err != nil || info.SHA256 != report.SHA256 || !info.HasHead {
		t.Error(info, err)
	}
	v, err := veridac.NewVerifier(trust, []*veridac.Snapshot{snapshot}, veridac.Policy{Preset: veridac.Standard, Network: veridac.Test})
	need(t, err)
	defer v.Close()
	for name, want := range map[string]veridac.Verdict{"genuine": veridac.Accept, "revoked-dac": veridac.Reject} {
		if r, err := v.Verify(device(t, name), now()); err != nil || r.Verdict != want {
			t.Error(name, r, err)
		}
	}
}

// stops runs a call that would wait for long, and expects that its context ends it.
func stops(t *testing.T, want error, ctx context.Context, f func(context.Context) error) {
	t.Helper()
	start := time.Now()
	err := f(ctx)
	if !errors.Is(err, veridac.ErrStopped) || !errors.Is(err, want) {
		t.Error(err)
	}
	var op *veridac.OpError
	if !errors.As(err, &op) || op.Op == "" {
		t.Error(err)
	}
	if d := time.Since(start); d > 1500*time.Millisecond {
		t.Error("took", d)
	}
}

func TestContexts(t *testing.T) {
	s := newStore(t, silent, mirror)
	calls := map[string]func(context.Context) error{
		"pull": func(ctx context.Context) error {
			_, err := s.Pull(ctx, now(), false)
			return err
		},
		"sync": func(ctx context.Context) error {
			_, err := (&Sync{Nodes: []string{silent}, State: filepath.Join(t.TempDir(), "state"), Network: veridac.Test}).Run(ctx, now())
			return err
		},
	}
	before := runtime.NumGoroutine()
	for _, call := range calls {
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		stops(t, context.DeadlineExceeded, ctx, call)
		cancel()
		ctx, cancel = context.WithCancel(context.Background())
		time.AfterFunc(300*time.Millisecond, cancel)
		stops(t, context.Canceled, ctx, call)
		stops(t, context.Canceled, ctx, call) // one that has ended already
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Error(n, "goroutines, before", before)
	}
	if _, err := s.Snapshot(); !errors.Is(err, veridac.ErrData) && !errors.Is(err, veridac.ErrIO) {
		t.Error(err) // nothing was pulled
	}
}

func TestFollow(t *testing.T) {
	s := newStore(t)
	server := httptest.NewServer(repository.Handler(os.Getenv("VERIDAC_REPOSITORY")))
	defer server.Close()
	s.URLs = []string{server.URL}
	r := veridac.NewReloader(nil)
	defer r.Close()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Follow(ctx, r, func(err error) { t.Error(err) }) }()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err := r.Use(func(s *veridac.Snapshot) error { _, err := s.Info(); return err }); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("no snapshot")
		}
	}
	cancel()
	if err := <-done; err != context.Canceled {
		t.Error(err)
	}
	// what is installed is in force at once, and failures are told
	s.URLs = []string{"http://127.0.0.1:1"}
	s.Now = func() time.Time { return now().Add(30 * 24 * time.Hour) }
	other := veridac.NewReloader(nil)
	defer other.Close()
	ctx, cancel = context.WithCancel(context.Background())
	failures := make(chan error, 1)
	go func() { done <- s.Follow(ctx, other, func(err error) { failures <- err; cancel() }) }()
	if err := <-failures; !errors.Is(err, veridac.ErrIO) {
		t.Error(err)
	}
	if err := <-done; err != context.Canceled {
		t.Error(err)
	}
	need(t, other.Use(func(s *veridac.Snapshot) error { _, err := s.Info(); return err }))
}

// Another process pulls into the same store after Follow looked at it: Follow's own pull changes nothing,
// because nothing is due or because it fails, and what was installed is in force nevertheless.
func TestFollowWhenOthersPull(t *testing.T) {
	for what, later := range map[string]time.Duration{"not due": 0, "failed": 30 * 24 * time.Hour} {
		other := newStore(t, mirror)
		s := &Store{Path: other.Path, URLs: []string{"http://127.0.0.1:1"}, Root: other.Root}
		pulled := make(chan string, 1)
		var first sync.Once
		s.Now = func() time.Time {
			first.Do(func() {
				report, err := other.Pull(context.Background(), now(), false)
				if err != nil || !report.Changed {
					t.Error(report, err)
				}
				pulled <- report.SHA256
			})
			return now().Add(later)
		}
		r := veridac.NewReloader(nil)
		ctx, cancel := context.WithCancel(context.Background())
		done, failures := make(chan error), make(chan error, 1)
		go func() { done <- s.Follow(ctx, r, func(err error) { failures <- err }) }()
		want, got := <-pulled, ""
		for i := 0; got == "" && i < 500; i++ {
			_ = r.Use(func(s *veridac.Snapshot) error {
				info, err := s.Info()
				got = info.SHA256
				return err
			})
			time.Sleep(10 * time.Millisecond)
		}
		if got != want {
			t.Errorf("%s: in force: %q, installed: %q", what, got, want)
		}
		if later > 0 {
			if err := <-failures; !errors.Is(err, veridac.ErrIO) {
				t.Error(what, err)
			}
		}
		cancel()
		if err := <-done; err != context.Canceled {
			t.Error(what, err)
		}
		if len(failures) > 0 {
			t.Error(what, <-failures)
		}
		need(t, r.Close())
	}
}

// A feed whose head names rules, opened without a store.
func TestRulesThatTheHeadNames(t *testing.T) {
	newStore(t)
	repo := os.Getenv("VERIDAC_RULED")
	head, root := read(t, repo, "head"), read(t, os.Getenv("VERIDAC_ROOT"))
	text, err := veridac.Show(head, true)
	need(t, err)
	var shown struct {
		Files []struct{ Name, SHA256 string }
	}
	need(t, json.Unmarshal([]byte(text), &shown))
	sha256 := make(map[string]string)
	for _, file := range shown.Files {
		sha256[file.Name] = strings.ToLower(file.SHA256)
	}
	rules, bundle := read(t, repo, "p", sha256["rules"]), filepath.Join(repo, "s", sha256["full"])
	other := append([]byte("#"), rules...)
	for _, row := range []struct {
		parts [][]byte
		want  error
		text  string
	}{
		{[][]byte{rules}, nil, ""},
		{[][]byte{rules, rules}, nil, ""},
		{nil, veridac.ErrData, "the rules that the head names are not given"},
		{[][]byte{other}, veridac.ErrSignature, "the head names no such part"},
		{[][]byte{rules, nil}, veridac.ErrSignature, "the head names no such part"},
		{[][]byte{rules, rules, rules, rules, rules}, veridac.ErrMisuse, ""},
	} {
		o := veridac.SnapshotOptions{Head: head, Root: root, Parts: row.parts}
		for _, open := range []func() (*veridac.Snapshot, error){
			func() (*veridac.Snapshot, error) { return veridac.OpenSnapshot(bundle, o) },
			func() (*veridac.Snapshot, error) {
				return veridac.ReadSnapshot(bytes.NewReader(read(t, bundle)), o)
			},
		} {
			snapshot, err := open()
			if row.want == nil {
				need(t, err)
				judgeByRules(t, snapshot)
				need(t, snapshot.Close())
			} else if !errors.Is(err, row.want) || !strings.Contains(err.Error(), row.text) {
				t.Error(row.want, row.text, err)
			}
		}
	}
}

// judgeByRules: the rules refuse the product of a device that is genuine.
func judgeByRules(t *testing.T, snapshot *veridac.Snapshot) {
	t.Helper()
	s := newStore(t, mirror)
	_, err := s.Pull(context.Background(), now(), false)
	need(t, err)
	trust, err := s.Trust()
	need(t, err)
	defer trust.Close()
	plain, err := s.Snapshot()
	need(t, err)
	defer plain.Close()
	for which, want := range map[*veridac.Snapshot]veridac.Verdict{snapshot: veridac.Reject, plain: veridac.Accept} {
		v, err := veridac.NewVerifier(trust, []*veridac.Snapshot{which}, veridac.Policy{Preset: veridac.Standard, Network: veridac.Test})
		need(t, err)
		if r, err := v.Verify(device(t, "genuine"), now()); err != nil || r.Verdict != want {
			t.Error(r, err)
		}
		need(t, v.Close())
	}
}

func TestSync(t *testing.T) {
	newStore(t)
	s := &Sync{Nodes: []string{ledger}, State: filepath.Join(t.TempDir(), "state"), Network: veridac.Test, AllowPrivate: true}
	for _, line := range strings.Split(string(read(t, world, "anchors.txt")), "\n") {
		if f := strings.Fields(line); len(f) > 0 && !strings.HasPrefix(line, "#") {
			s.Accept = append(s.Accept, f[0])
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if report, err := s.Run(ctx, now()); err != nil || !strings.Contains(string(report), "schema_version") {
		t.Error(string(report), err)
	}
	s.Offline, s.Nodes = true, nil
	if _, err := s.Run(ctx, now()); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBe(t *testing.T) {
	ctx := context.Background()
	for _, row := range []struct {
		change func(*Store)
		want   error
	}{
		{func(s *Store) { s.URLs = nil }, veridac.ErrMisuse},
		{func(s *Store) { s.URLs = []string{"nul\x00within"} }, veridac.ErrMisuse},
		{func(s *Store) { s.URLs = []string{"ftp://127.0.0.1/"} }, veridac.ErrMisuse},
		{func(s *Store) { s.Path = "" }, veridac.ErrMisuse},
		{func(s *Store) { s.Path = "nul\x00within" }, veridac.ErrMisuse},
		{func(s *Store) { s.Kind = 7 }, veridac.ErrMisuse},
		{func(s *Store) { s.ObjectTimeout = -time.Hour }, veridac.ErrMisuse},
		{func(s *Store) { s.ObjectTimeout = -1 }, veridac.ErrMisuse},
		{func(s *Store) { s.Root = nil }, veridac.ErrData},
		{func(s *Store) { s.Root = []byte("junk") }, veridac.ErrData},
		{func(s *Store) { s.MaxBytes = 10 }, veridac.ErrIO},
		{func(s *Store) { s.URLs = []string{"\xff\xfe"} }, veridac.ErrMisuse},
	} {
		s := newStore(t, mirror)
		row.change(s)
		if _, err := s.Pull(ctx, now(), false); !errors.Is(err, row.want) {
			t.Error(row.want, err)
		}
	}
	for _, s := range []*Sync{
		{State: filepath.Join(t.TempDir(), "state"), Network: veridac.Test},
		{Nodes: []string{"http://example.invalid"}, State: filepath.Join(t.TempDir(), "state"), Network: veridac.Test},
		{Nodes: []string{ledger}, Network: veridac.Test},
		{Nodes: []string{ledger}, State: filepath.Join(t.TempDir(), "state"), Network: 9},
		{Nodes: []string{ledger}, State: filepath.Join(t.TempDir(), "state"), Network: veridac.Test, ObjectTimeout: -1},
	} {
		if _, err := s.Run(ctx, now()); !errors.Is(err, veridac.ErrMisuse) {
			t.Error(err)
		}
	}
}
