// SPDX-License-Identifier: Apache-2.0

package veridac

// #include "flat.h"
import "C"

import "time"

// Network says whose trust anchors and whose ledger. One verification is about one network.
type Network int32

const (
	Main Network = C.VERIDAC_NETWORK_MAIN
	Test Network = C.VERIDAC_NETWORK_TEST
)

// Preset says what an unknown revocation status leads to.
type Preset int32

const (
	Strict     Preset = C.VERIDAC_POLICY_STRICT     // unknown rejects
	Standard   Preset = C.VERIDAC_POLICY_STANDARD   // unknown gives Undetermined
	Permissive Preset = C.VERIDAC_POLICY_PERMISSIVE // unknown is accepted and reported, except Unconfirmed
	Audit      Preset = C.VERIDAC_POLICY_AUDIT      // as Standard, and says that it is not enforced
)

// Verdict answers: is the device genuine? The zero value is not a yes.
type Verdict int32

const (
	Undetermined Verdict = C.VERIDAC_UNDETERMINED
	Accept       Verdict = C.VERIDAC_ACCEPT
	Reject       Verdict = C.VERIDAC_REJECT
)

func (v Verdict) String() string {
	return C.GoString(C.veridac_verdict_text(C.veridac_verdict(v)))
}

// Revocation answers: is the certificate revoked? The zero value is not a yes.
type Revocation uint8

const (
	Unknown Revocation = C.VERIDAC_UNKNOWN
	Good    Revocation = C.VERIDAC_GOOD
	Revoked Revocation = C.VERIDAC_REVOKED
)

func (r Revocation) String() string {
	switch r {
	case Good:
		return "good"
	case Revoked:
		return "revoked"
	}
	return "unknown"
}

// Reason says why a revocation status is Unknown.
type Reason uint8

const (
	NoData               Reason = C.VERIDAC_REASON_NO_DATA       // no revocation source was given
	NotCovered           Reason = C.VERIDAC_REASON_NOT_COVERED   // the issuer is not in the snapshot
	NotPublished         Reason = C.VERIDAC_REASON_NOT_PUBLISHED // the ledger has no point for the issuer
	Invalid              Reason = C.VERIDAC_REASON_INVALID       // the issuer's CRL failed a check
	Incomplete           Reason = C.VERIDAC_REASON_INCOMPLETE    // a partition or point is missing
	Unreachable          Reason = C.VERIDAC_REASON_UNREACHABLE   // the CRL could not be fetched
	Stale                Reason = C.VERIDAC_REASON_STALE         // the evidence is too old
	Held                 Reason = C.VERIDAC_REASON_HELD          // a guard keeps the last good data
	TooLarge             Reason = C.VERIDAC_REASON_TOO_LARGE     // over a ceiling
	Unconfirmed          Reason = C.VERIDAC_REASON_UNCONFIRMED   // a hit of a filter without the exact tier
	Clock                Reason = C.VERIDAC_REASON_CLOCK         // the time asked for lies before the evidence
	AlgorithmUnsupported Reason = C.VERIDAC_REASON_ALGORITHM     // an algorithm that this build cannot verify
)

func (r Reason) String() string {
	return C.GoString(C.veridac_reason_text(C.int32_t(r)))
}

// Status is a short answer.
type Status struct {
	Revocation Revocation
	Reason     Reason // when Revocation is Unknown
}

func (s Status) String() string {
	if s.Revocation == Unknown {
		return "unknown(" + s.Reason.String() + ")"
	}
	return s.Revocation.String()
}

// Answer is the revocation of one certificate, with where it comes from.
type Answer struct {
	Status
	Source                         string    // label of the snapshot that answered; "" for none
	ThisUpdate, NextUpdate, LastOK time.Time // of the issuer's CRLs; zero when not known
}

// Finding is one thing that was found out about a device.
type Finding struct {
	ID       string // stable slug, e.g. "dac-key-usage"
	Severity string // "error", "incomplete", "unknown", "warning", "note"
	Clause   string
	Subject  string
	Text     string
	Found    string
	Wanted   string
	Hint     string
	SDKCode  int // AttestationVerificationResult of the Matter SDK, or 0
}

// Result is the verdict about one device, with all findings in a stable order.
type Result struct {
	Verdict  Verdict
	Enforced bool // false under Audit
	At       time.Time
	Findings []Finding
	DAC, PAI Answer
	JSON     []byte // the object of docs/verify.schema.json; nil unless Verifier.JSON is set
}

// Device is what a device sent and what the commissioner knows (Matter 6.2.3.1). A nil slice is "not
// given", which is not the same as empty. Whatever of the attestation is missing is a finding, and
// the verdict is then at most Undetermined.
type Device struct {
	DAC, PAI  []byte // certificates, DER
	Elements  []byte // attestation elements, TLV, at most 900 bytes
	Signature []byte // r || s, 64 bytes
	Challenge []byte // 16 bytes of the session
	Nonce     []byte // 32 bytes that were sent

	NOCSR, NOCSRSignature, CSRNonce []byte // the answer to a CSRRequest of the same session

	VID, PID        *uint16 // Basic Information
	SoftwareVersion *uint32 // Basic Information
}

// Policy says how findings become a verdict. Preset and Network have no default.
type Policy struct {
	Preset        Preset
	Network       Network
	AcceptUnknown []Reason      // reasons that are accepted and reported
	SDKCompat     bool          // judge the DAC's validity by the time of the call too
	MaxCRLAge     time.Duration // since a CRL was last confirmed current; 0: seven days
	MaxHeadAge    time.Duration // 0: the head's own expiry
	// Ages are whole seconds: what is left of one counts as one. A negative age is ErrMisuse.
}

func (p *Policy) c() C.veridac_policy {
	var accept C.uint32_t
	for _, reason := range p.AcceptUnknown {
		accept |= 1 << reason
	}
	return C.veridac_policy{
		size:           C.sizeof_veridac_policy,
		preset:         C.int32_t(p.Preset),
		network:        C.int32_t(p.Network),
		accept_unknown: accept,
		sdk_compat:     C.int32_t(boolInt(p.SDKCompat)),
		max_crl_age_s:  age(p.MaxCRLAge),
		max_head_age_s: age(p.MaxHeadAge),
	}
}

// age is never 0 by rounding, which is the default, and never loses its sign.
func age(d time.Duration) C.int64_t {
	whole := d / time.Second
	switch rest := d % time.Second; {
	case rest > 0:
		whole++
	case rest < 0:
		whole--
	}
	return C.int64_t(whole)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func moment(s C.int64_t) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(int64(s), 0).UTC()
}

func answer(a *C.veridac_answer) Answer {
	ret := Answer{
		Status:     Status{Revocation: Revocation(a.status)},
		Source:     C.GoString(a.source),
		ThisUpdate: moment(a.this_update),
		NextUpdate: moment(a.next_update),
		LastOK:     moment(a.last_ok),
	}
	if ret.Revocation == Unknown {
		ret.Reason = Reason(a.reason)
	}
	return ret
}
