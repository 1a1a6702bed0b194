// SPDX-License-Identifier: Apache-2.0

package veridac

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"
)

var (
	golden    = os.Getenv("VERIDAC_GOLDEN")     // tests/golden
	cases     = os.Getenv("VERIDAC_CASES")      // folders made by veridac-testpki
	casesJSON = os.Getenv("VERIDAC_CASES_JSON") // what run_cases says of each
	evidence  = time.Unix(1790000000, 0)        // of the golden bundles
	standard  = Policy{Preset: Standard, Network: Test}
)

func need(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openGolden(t testing.TB, kind string) *Snapshot {
	s, err := OpenSnapshot(filepath.Join(golden, "vdb1-"+kind+".bundle"), SnapshotOptions{Label: "mine"})
	need(t, err)
	return s
}

// issuer is issuer k of the golden bundles.
func issuer(s *Snapshot, k int, p Policy) *Asker {
	return s.Issuer([]byte("golden "+strconv.Itoa(k)), bytes.Repeat([]byte{byte(k)}, 20), p)
}

func duration(name string, otherwise time.Duration) time.Duration {
	if d, err := time.ParseDuration(os.Getenv(name)); err == nil {
		return d
	}
	return otherwise
}

// ---- the cases that C and Python run as well ----

type testCase struct {
	t      testing.TB
	folder string
	told   map[string]string
}

func readCase(t testing.TB, name string) *testCase {
	c := &testCase{t, filepath.Join(cases, name), make(map[string]string)}
	for _, line := range strings.Split(string(c.file("case.txt")), "\n") {
		if i := strings.Index(line, ":"); i > 0 {
			c.told[line[:i]] = strings.TrimSpace(line[i+1:])
		}
	}
	return c
}

func (c *testCase) file(parts ...string) []byte {
	data, err := os.ReadFile(filepath.Join(append([]string{c.folder}, parts...)...))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	need(c.t, err)
	return append([]byte{}, data...)
}

func (c *testCase) octets(key string) []byte {
	text, ok := c.told[key]
	if !ok {
		return nil
	}
	data, err := hex.DecodeString(text)
	need(c.t, err)
	return append([]byte{}, data...)
}

func (c *testCase) number(key string) *uint16 {
	n, err := strconv.ParseUint(c.told[key], 10, 16)
	if err != nil {
		return nil
	}
	ret := uint16(n)
	return &ret
}

func (c *testCase) at() time.Time {
	n, err := strconv.ParseInt(c.told["at"], 10, 64)
	need(c.t, err)
	return time.Unix(n, 0)
}

func (c *testCase) network() Network {
	if c.told["network"] == "main" {
		return Main
	}
	return Test
}

func (c *testCase) policy() Policy {
	presets := map[string]Preset{"strict": Strict, "standard": Standard, "permissive": Permissive, "audit": Audit}
	return Policy{Preset: presets[c.told["policy"]], Network: c.network(), SDKCompat: c.told["sdk-compat"] == "1"}
}

func (c *testCase) device() *Device {
	return &Device{DAC: c.file("dac.der"), PAI: c.file("pai.der"), Elements: c.file("elements.bin"),
		Signature: c.file("signature.bin"), Challenge: c.octets("challenge"), Nonce: c.octets("nonce"),
		NOCSR: c.file("nocsr.bin"), NOCSRSignature: c.file("nocsr-signature.bin"),
		CSRNonce: c.octets("csr-nonce"), VID: c.number("vid"), PID: c.number("pid")}
}

func (c *testCase) trust() *Trust {
	t, err := NewTrust()
	need(c.t, err)
	own := c.network()
	for _, row := range []struct {
		folder string
		signer bool
		from   Source
	}{{"trust", false, Source{Network: own}}, {"trust-main", false, Source{Network: Main}},
		{"trust-test", false, Source{Network: Test}}, {"withdrawn", false, Source{Network: own, Withdrawn: true}},
		{"cd-signers", true, Source{Network: own}}, {"cd-signers-main", true, Source{Network: Main}},
		{"cd-signers-test", true, Source{Network: Test}}} {
		entries, _ := os.ReadDir(filepath.Join(c.folder, row.folder)) // sorted; most cases lack most folders
		for _, entry := range entries {
			in := bytes.NewReader(c.file(row.folder, entry.Name()))
			if row.signer {
				_, err = t.AddCDSigner(in, row.from)
			} else {
				_, err = t.AddPAA(in, row.from)
			}
			if err != nil && !errors.Is(err, ErrData) {
				c.t.Fatal(err)
			}
		}
	}
	return t
}

func TestAllCasesSayWhatCSays(t *testing.T) {
	entries, err := os.ReadDir(cases)
	need(t, err)
	if len(entries) < 500 {
		t.Fatalf("only %d cases", len(entries))
	}
	for _, entry := range entries {
		c := readCase(t, entry.Name())
		trust := c.trust()
		v, err := NewVerifier(trust, nil, c.policy())
		need(t, err)
		v.JSON = true
		r, err := v.Verify(c.device(), c.at())
		need(t, err)
		if r.Verdict.String() != c.told["expect"] {
			t.Errorf("%s: %v, expected %s", entry.Name(), r.Verdict, c.told["expect"])
		}
		seen := make(map[string]bool)
		for _, f := range r.Findings {
			if f.Severity == "error" || f.Severity == "incomplete" || f.Severity == "warning" {
				seen[f.ID] = true
			}
		}
		var got []string
		for id := range seen {
			got = append(got, id)
		}
		sort.Strings(got)
		if strings.Join(got, " ") != c.told["slugs"] {
			t.Errorf("%s: findings %v, expected %s", entry.Name(), got, c.told["slugs"])
		}
		want, err := os.ReadFile(filepath.Join(casesJSON, entry.Name()+".json"))
		need(t, err)
		if !bytes.Equal(want, r.JSON) {
			t.Errorf("%s: the JSON differs:\n%s\n%s", entry.Name(), want, r.JSON)
		}
		need(t, v.Close())
		need(t, trust.Close())
	}
}

// ---- values ----

func TestLookups(t *testing.T) {
	s := openGolden(t, "full")
	defer s.Close()
	a := issuer(s, 6, standard)
	for _, row := range []struct {
		serial byte
		at     time.Time
		want   Status
	}{{4, evidence, Status{Revoked, 0}}, {3, evidence, Status{Good, 0}},
		{3, evidence.Add(86401 * time.Second), Status{Unknown, Stale}},
		{4, evidence.Add(86401 * time.Second), Status{Revoked, 0}}} {
		got, err := a.Check([]byte{row.serial}, row.at)
		need(t, err)
		if got != row.want {
			t.Errorf("%d at %v: %v, expected %v", row.serial, row.at, got, row.want)
		}
		long, err := a.Lookup([]byte{0, row.serial}, row.at)
		need(t, err)
		if long.Status != row.want || long.Source != "mine" || !long.NextUpdate.Equal(evidence.Add(86400*time.Second)) {
			t.Errorf("%d at %v: %v", row.serial, row.at, long)
		}
	}
	stranger, err := issuer(s, 99, standard).Check([]byte{3}, evidence)
	need(t, err)
	if stranger != (Status{Unknown, NotCovered}) || stranger.String() != "unknown(not-covered)" {
		t.Error(stranger)
	}
	info, err := s.Info()
	need(t, err)
	if info.Network != Test || info.Issuers != 7 || info.Revoked != 1693 || info.HasHead {
		t.Errorf("%+v", info)
	}
}

// The CRLs of this issuer were confirmed 360 s before the evidence.
func TestAges(t *testing.T) {
	s := openGolden(t, "full")
	defer s.Close()
	good, stale := Status{Revocation: Good}, Status{Unknown, Stale}
	for _, row := range []struct {
		age  time.Duration
		at   time.Time
		want Status
	}{
		{0, evidence, good},
		{360 * time.Second, evidence, good},
		{359*time.Second + 1, evidence, good},
		{359 * time.Second, evidence, stale},
		{500 * time.Millisecond, evidence, stale},
		{1, evidence.Add(-300 * time.Second), stale},
	} {
		policy := Policy{Preset: Standard, Network: Test, MaxCRLAge: row.age}
		if got, err := issuer(s, 6, policy).Check([]byte{3}, row.at); err != nil || got != row.want {
			t.Errorf("%v: %v %v", row.age, got, err)
		}
	}
	for _, policy := range []Policy{
		{Preset: Standard, Network: Test, MaxCRLAge: -1},
		{Preset: Standard, Network: Test, MaxCRLAge: -time.Hour},
		{Preset: Standard, Network: Test, MaxHeadAge: -time.Millisecond},
	} {
		if _, err := issuer(s, 6, policy).Check([]byte{3}, evidence); !errors.Is(err, ErrMisuse) {
			t.Errorf("%+v: %v", policy, err)
		}
	}
	if got := age(1); got != 1 { // of heads as well
		t.Error(got)
	}
}

func TestBatches(t *testing.T) {
	if unsafe.Sizeof(Status{}) != 2 || unsafe.Offsetof(Status{}.Reason) != 1 {
		t.Fatal("a Status is not laid out as veridac_brief")
	}
	s := openGolden(t, "full")
	defer s.Close()
	a := issuer(s, 6, standard)
	const n = chunk + 300
	serials, block := make([][]byte, n), make([]byte, 0, 3*n)
	for i := range serials {
		wide := []byte{byte(i >> 16), byte(i >> 8), byte(i)}
		block = append(block, wide...)
		serials[i] = append([]byte{0}, wide...)[i%2:]
	}
	even := make([]Status, n)
	need(t, a.CheckBlock(context.Background(), block, 3, evidence, even))
	many, err := a.CheckMany(context.Background(), serials, evidence)
	need(t, err)
	revoked := 0
	for i := range even {
		if even[i] != many[i] {
			t.Fatalf("%d: %v and %v", i, even[i], many[i])
		}
		if even[i].Revocation == Revoked {
			revoked++
		}
	}
	if revoked != 256 { // 1, 4, 9, ... up to the square of 256, which is 65 536
		t.Errorf("%d revoked", revoked)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := a.CheckMany(ended, serials, evidence); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for _, wrong := range []struct {
		n, width int
	}{{9, 2}, {9, 0}, {9, -1}, {8, 2}} {
		if err := a.CheckBlock(context.Background(), block[:wrong.n], wrong.width, evidence, even[:3]); !errors.Is(err, ErrMisuse) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	for _, wrong := range [][][]byte{{nil}, {{}}, {{1}, {}}} {
		if _, err := a.CheckMany(context.Background(), wrong, evidence); !errors.Is(err, ErrMisuse) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	if none, err := a.CheckMany(context.Background(), nil, evidence); err != nil || len(none) != 0 {
		t.Error(none, err)
	}
}

func TestSerialsThatCannotBe(t *testing.T) {
	s := openGolden(t, "full")
	defer s.Close()
	for _, serial := range [][]byte{nil, {}, {0x80}, bytes.Repeat([]byte{1}, 64)} {
		got, err := issuer(s, 6, standard).Check(serial, evidence)
		if err != nil || got.Revocation != Unknown {
			t.Errorf("%x: %v %v", serial, got, err)
		}
	}
}

func TestSmallThings(t *testing.T) {
	der := readCase(t, "good").file("dac.der")
	got, err := Unwrap([]byte(hex.EncodeToString(der)), MeantDAC)
	if err != nil || !bytes.Equal(got, der) {
		t.Error(got, err)
	}
	if text, err := Show(der, false); err != nil || !strings.Contains(text, "subject") {
		t.Error(text, err)
	}
	if _, err := Show([]byte("junk"), true); !errors.Is(err, ErrData) {
		t.Error(err)
	}
	if Version() == "" {
		t.Error("no version")
	}
}

// ---- errors ----

func TestErrors(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(golden, "vdb1-full.bundle"))
	need(t, err)
	for name, broken := range map[string][]byte{"empty": {}, "cut": data[:len(data)-1], "long": append(append([]byte{}, data...), 0)} {
		_, err := ReadSnapshot(bytes.NewReader(broken), SnapshotOptions{})
		var op *OpError
		if !errors.Is(err, ErrData) || !errors.As(err, &op) || op.Text == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OpenSnapshot("/nonexistent/snapshot", SnapshotOptions{}); !errors.Is(err, ErrIO) {
		t.Error(err)
	}
	if _, err := OpenSnapshot("nul\x00within", SnapshotOptions{}); !errors.Is(err, ErrMisuse) {
		t.Error(err)
	}
	s := openGolden(t, "full")
	other := Policy{Preset: Standard, Network: Main}
	if _, err := issuer(s, 6, other).Check([]byte{3}, evidence); !errors.Is(err, ErrOtherNetwork) {
		t.Error(err)
	}
	if _, err := issuer(s, 6, Policy{}).Check([]byte{3}, evidence); !errors.Is(err, ErrMisuse) {
		t.Error(err)
	}
	trust, err := NewTrust()
	need(t, err)
	if _, err := trust.AddPAA(strings.NewReader("junk"), Source{Network: Test}); !errors.Is(err, ErrData) {
		t.Error(err)
	}
	if _, err := trust.AddPAA(strings.NewReader("junk"), Source{}); !errors.Is(err, ErrMisuse) {
		t.Error(err)
	}
	v, err := NewVerifier(trust, []*Snapshot{s, s}, standard)
	need(t, err)
	if _, err := trust.AddPAA(strings.NewReader("junk"), Source{Network: Test}); !errors.Is(err, ErrSealed) {
		t.Error(err)
	}
	if r, err := v.Verify(&Device{}, evidence); err != nil || r.Verdict != Undetermined {
		t.Error(r, err)
	}
	if _, err := v.Verify(nil, evidence); !errors.Is(err, ErrMisuse) {
		t.Error(err)
	}
	if _, err := NewVerifier(nil, nil, standard); !errors.Is(err, ErrMisuse) {
		t.Error(err)
	}
	if _, err := NewVerifier(trust, []*Snapshot{nil}, standard); !errors.Is(err, ErrMisuse) {
		t.Error(err)
	}
	need(t, s.Close())
	need(t, s.Close())
	if _, err := issuer(s, 6, standard).Check([]byte{3}, evidence); err != ErrClosed {
		t.Error(err)
	}
	if _, err := s.Info(); err != ErrClosed {
		t.Error(err)
	}
	if _, err := v.Verify(&Device{}, evidence); err != ErrClosed {
		t.Error(err)
	}
	need(t, v.Close())
	if _, err := v.Verify(&Device{}, evidence); err != ErrClosed {
		t.Error(err)
	}
	need(t, trust.Close())
	if _, err := NewVerifier(trust, nil, standard); err != ErrClosed {
		t.Error(err)
	}
}

// ---- life times ----

func TestCloseDuringCalls(t *testing.T) {
	c := readCase(t, "good")
	device, at := c.device(), c.at()
	type shared struct {
		s *Snapshot
		v *Verifier
	}
	var mu sync.Mutex
	var now shared
	renew := func() shared {
		s := openGolden(t, "full")
		v, err := NewVerifier(c.trust(), []*Snapshot{s}, standard)
		need(t, err)
		mu.Lock()
		defer mu.Unlock()
		old := now
		now = shared{s, v}
		return old
	}
	renew()
	end := time.Now().Add(duration("VERIDAC_THREAD_TIME", time.Second))
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			statuses := make([]Status, 1000)
			for time.Now().Before(end) {
				mu.Lock()
				use := now
				mu.Unlock()
				_, err := issuer(use.s, 6, standard).Check([]byte{4}, evidence)
				if err == nil {
					err = issuer(use.s, 6, standard).CheckBlock(context.Background(), make([]byte, 2000), 2, evidence, statuses)
				}
				if err == nil {
					_, err = use.v.Verify(device, at)
				}
				if err != nil && err != ErrClosed {
					t.Error(err)
				}
			}
		}()
	}
	for time.Now().Before(end) {
		old := renew()
		old.s.Close()
		old.v.Close()
		old.v.trust.Close()
	}
	all.Wait()
}

// eventually waits until f is true.
func eventually(t *testing.T, f func() bool) {
	t.Helper()
	for i := 0; !f(); i++ {
		if i == 10000 {
			t.Fatal("never")
		}
		time.Sleep(time.Millisecond)
	}
}

// A call holds all its snapshots at once. Two that were given the same ones in other orders, each stopped
// half way, do not wait for each other when the snapshots are closed meanwhile.
func TestCloseOfSeveralInAnyOrder(t *testing.T) {
	c := readCase(t, "good")
	device, at := c.device(), c.at()
	var s [4]*Snapshot
	for i := range s {
		s[i] = openGolden(t, "hub") // not closed when the test fails: Close may wait for ever then
	}
	a, b, half, otherHalf := s[0], s[1], s[2], s[3]
	half.mu.Lock()
	otherHalf.mu.Lock()
	ended := make(chan error, 4)
	for _, order := range [][]*Snapshot{{a, half, b, a}, {b, otherHalf, a, b}} {
		v, err := NewVerifier(c.trust(), order, standard)
		need(t, err)
		defer v.Close()
		go func() {
			_, err := v.Verify(device, at)
			ended <- err
		}()
	}
	for _, each := range []*Snapshot{a, b} {
		eventually(t, func() bool { // a call has it
			free := each.mu.TryLock()
			if free {
				each.mu.Unlock()
			}
			return !free
		})
	}
	for _, each := range []*Snapshot{a, b} {
		go func(s *Snapshot) { ended <- s.Close() }(each)
		eventually(t, func() bool { // Close waits for the call, and new calls for Close
			free := each.mu.TryRLock()
			if free {
				each.mu.RUnlock()
			}
			return !free
		})
	}
	half.mu.Unlock()
	otherHalf.mu.Unlock()
	for i := 0; i < cap(ended); i++ {
		select {
		case err := <-ended:
			if err != nil && err != ErrClosed {
				t.Error(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("calls and Close wait for each other")
		}
	}
}

func memory(t *testing.T) int {
	runtime.GC()
	data, err := os.ReadFile("/proc/self/statm")
	need(t, err)
	pages, err := strconv.Atoi(strings.Fields(string(data))[1])
	need(t, err)
	return pages * os.Getpagesize()
}

func TestNothingIsLeft(t *testing.T) {
	c := readCase(t, "good")
	device, at := c.device(), c.at()
	cycles, err := strconv.Atoi(os.Getenv("VERIDAC_CYCLES"))
	if err != nil {
		cycles = 1000
	}
	cycle := func() {
		s, trust := openGolden(t, "hub"), c.trust()
		v, err := NewVerifier(trust, []*Snapshot{s}, standard)
		need(t, err)
		_, err = v.Verify(device, at)
		need(t, err)
		v.Close()
		trust.Close()
		s.Close()
	}
	for i := 0; i < cycles/5; i++ {
		cycle()
	}
	files, err := os.ReadDir("/proc/self/fd")
	need(t, err)
	before := memory(t)
	for i := 0; i < cycles; i++ {
		cycle()
	}
	after, err := os.ReadDir("/proc/self/fd")
	need(t, err)
	if len(after) > len(files) {
		t.Errorf("%d files are open, before %d", len(after), len(files))
	}
	if grown := memory(t) - before; os.Getenv("VERIDAC_ASAN") == "" && grown > 8<<20 {
		t.Errorf("%d bytes more", grown)
	}
}

func BenchmarkCheck(b *testing.B) {
	s := openGolden(b, "full")
	defer s.Close()
	a, serial := issuer(s, 6, standard), bytes.Repeat([]byte{3}, 16)
	for i := 0; i < b.N; i++ {
		if _, err := a.Check(serial, evidence); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlock(b *testing.B) {
	s := openGolden(b, "full")
	defer s.Close()
	a, block, ret := issuer(s, 6, standard), bytes.Repeat([]byte{3}, 16000), make([]Status, 1000)
	for i := 0; i < b.N; i += 1000 {
		need(b, a.CheckBlock(context.Background(), block, 16, evidence, ret))
	}
}

func TestReloader(t *testing.T) {
	r := NewReloader(nil)
	info := func(s *Snapshot) error { _, err := s.Info(); return err }
	if err := r.Use(info); err != ErrClosed {
		t.Error(err)
	}
	first := openGolden(t, "full")
	r.Replace(first)
	// a call that runs while the snapshot is replaced keeps it open until it returns
	need(t, r.Use(func(s *Snapshot) error {
		r.Replace(openGolden(t, "hub"))
		time.Sleep(10 * time.Millisecond)
		return info(s)
	}))
	for i := 0; info(first) != ErrClosed; i++ {
		if i == 1000 {
			t.Fatal("never closed")
		}
		time.Sleep(time.Millisecond)
	}
	end := time.Now().Add(duration("VERIDAC_THREAD_TIME", time.Second) / 2)
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for time.Now().Before(end) {
				if err := r.Use(info); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	for time.Now().Before(end) {
		r.Replace(openGolden(t, "full"))
	}
	all.Wait()
	need(t, r.Close())
	need(t, r.Close())
	late := openGolden(t, "full")
	r.Replace(late)
	for i := 0; info(late) != ErrClosed && i < 1000; i++ {
		time.Sleep(time.Millisecond)
	}
	if info(late) != ErrClosed || r.Use(info) != ErrClosed {
		t.Error("open after Close")
	}
}
