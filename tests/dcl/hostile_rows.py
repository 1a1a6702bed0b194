# SPDX-License-Identifier: Apache-2.0
"""hostile_rows.py - what the program has to make of each scenario of the hostile ledger.

Nothing here but names and expectations: the server is told the name alone.
"""


class Row:
    """`crl`: PAI Direct's CRL (or `at`, another one) is bad: the run goes on, that CRL has this
    `fault`, the last good one stays in force, and without one (`first`) nobody is good. A CRL of the
    CA itself that only ages (`after`) does take its place.
    `ledger`: a list is bad: exit code 74, one line that says `fault`, the state as it was.
    `record`: one record is bad: it alone is left out; `report` has these numbers and `findings` no more and
    no less, all else is as it was.
    """

    def __init__(self, kind, name, fault=None, **more):
        self.kind, self.name, self.fault = kind, name, fault
        self.at = "pai-direct.crl"
        # with a last good CRL, and without: what `devices` are
        self.first = ("unreachable", "unreachable") if kind == "crl" else ("revoked", "good")
        self.devices = ("revoked-dac", "genuine")
        self.report, self.findings = {}, ()
        self.rss, self.disk, self.seconds = 160, 256, 60   # MiB, KiB, seconds
        self.timeout = "40s"
        self.after = ("revoked", "good")
        self.twin = ("revoked", "good")
        self.twin_faults = {}
        self.twin_findings = ()  # of the twin, and of no run after it
        self.faults_of_others = False  # there may be more, in the twin too: one node removes no point
        self.ca = None           # file of the world with authorities of TLS servers
        self.good_first = False  # the CRL is good enough without history
        self.forbidden = ()      # words that the server must not have been asked for
        self.reasons = ()        # slugs of the report's faults
        self.__dict__.update(more)


def crl(name, fault, **more):
    return Row("crl", name, fault, **more)


def ledger(name, fault, **more):
    return Row("ledger", name, fault, **more)


def record(name, report, **more):
    return Row("record", name, None, report=report, **more)


BROKEN = ("record-broken",)
CHANGED = ("point-changed", "point-hidden")  # as it is now, and as it was

INVALID = ("invalid", "invalid")
LISTED = ("revoked", "invalid")       # authentic, not complete: revokes, and nobody is good
# its vendor moved the CRL to where it cannot be had: what was revoked stays revoked
MOVED = ("revoked", "unreachable")
LARGE = ("too-large", "too-large")
KEPT = 256 + 8192  # KiB: an answer is kept as evidence, up to its ceiling
SHORT = "3s"  # one answer of a loaded machine has to fit

HTTP = [
    crl("h01-endless", "more than 67108864 bytes", first=LARGE),
    ledger("h01-endless-list", "more than 8388608 bytes"),
    crl("h01-endless-head", "header|more than", timeout=SHORT, first=LARGE),
    crl("h02-length-short", "crl-der", first=INVALID),
    ledger("h02-length-short-list", "not JSON"),
    crl("h02-length-long", "transfer closed|cut"),
    ledger("h02-length-long-list", "transfer closed|cut"),
    crl("h02-length-twice", "crl-der|Content-Length|cut", first=("invalid|unreachable",) * 2),
    ledger("h02-length-twice-list", "not JSON|Content-Length|cut"),
    crl("h02-length-negative", "Content-Length|cut|unreachable"),
    ledger("h02-length-negative-list", "Content-Length|cut|unreachable"),
    crl("h02-length-huge", "more than 67108864 bytes", first=LARGE),
    ledger("h02-length-huge-list", "more than 8388608 bytes"),
    crl("h02-bad-chunks", "[Cc]hunk|hex|cut"),
    crl("h03-drip", "timed out|timeout|too slow", timeout=SHORT),
    ledger("h03-drip-list", "timed out|timeout|too slow", timeout=SHORT),
    crl("h03-drip-head", "timed out|timeout|too slow", timeout=SHORT),
    crl("h04-silent", "timed out|timeout|too slow", timeout=SHORT),
    ledger("h04-silent-list", "timed out|timeout|too slow", timeout=SHORT),
    crl("h05-bomb", "inflates to more"),
    crl("h05-bomb-encoded", "inflates to more|ncoding"),
    crl("h05-twice", "crl-der", first=INVALID),
    crl("h05-cut", "ends early"),
    crl("h05-tail", "bytes after"),
    crl("h06-endless", "redirect|address"),
    crl("h06-file", "redirect|[Pp]rotocol"),
    crl("h06-scheme", "redirect|[Pp]rotocol"),
    crl("h06-nowhere", "HTTP status 302|redirect"),
    crl("h07-day", "HTTP status 429"),
    ledger("h07-day-list", "HTTP status 429"),
    crl("h07-huge", "HTTP status 503"),
    ledger("h07-huge-list", "HTTP status 503"),
    crl("h07-past", "HTTP status 503"),
    ledger("h07-past-list", "HTTP status 503"),
    crl("h08-no-content", "HTTP status 204"),
    ledger("h08-no-content-list", "HTTP status 204"),
    crl("h08-portal", "crl-der", first=INVALID),
    ledger("h08-portal-list", "not JSON"),
    crl("h08-not-found", "HTTP status 404"),
    ledger("h08-not-found-list", "not found"),
    crl("h08-partial", "HTTP status 206"),
    ledger("h08-partial-list", "HTTP status 206"),
    ledger("h08-not-modified-list", "HTTP status 304"),
    crl("h08-wrong-json", "crl-der", first=INVALID),
    ledger("h08-wrong-json-list", "no list"),
    crl("h08-proxy-404", "HTTP status 404"),
    ledger("h08-proxy-404-list", "HTTP status 404"),
]

def address(name, fault, **more):
    return Row("address", name, fault, timeout=SHORT, **{"reasons": ("private-address",), **more})


PRIVATE = "not of the public internet"
ADDRESSES = [
    address("honest", PRIVATE),  # its CRLs are on a loopback address
    address("h06-private", PRIVATE),  # as redirects: tests/http/test_http.py Where
    address("h06-metadata", PRIVATE),
    address("h24-private", PRIVATE),
    address("h24-metadata", PRIVATE),
    address("h24-mapped", PRIVATE),
    address("h24-decimal", PRIVATE),
    address("h24-no-name", "Could not resolve host: crl.invalid", reasons=("unreachable",)),
]

NOBODY = ("not-covered", "not-covered")
NOTHING = ("not-published", "not-published")
WITHHELD = [
    record("h19-size", {"points": 9}, findings=CHANGED),
    record("h19-size-2-63", {"points": 9}, findings=CHANGED),
    record("h19-digest", {"points": 9}, findings=CHANGED),
    record("h19-digest-type", {"points": 9}, findings=CHANGED),
    record("h19-size-2-64", {"points_broken": 1}, first=NOTHING, findings=["point-hidden", *BROKEN]),
    record("h19-type", {"points": 9}, after=LISTED, first=INVALID, findings=CHANGED),
    record("h20-point", {"points": 9}, first=NOTHING, findings=["list-shrunk", "point-hidden"]),
    record("h20-root", {"points": 9}, first=NOBODY, findings=["anchor-hidden", "list-shrunk"]),
    record("h20-all-points", {"points": 9}, first=NOTHING, findings=["point-hidden", "list-shrunk"]),
    ledger("h20-certificate", "1 of 2 root certificates are not among"),
    ledger("h20-all-roots", "no root"),
    record("h21-height-back", {}, findings=["node-behind"]),
    record("h22-height-over", {"height": 2 ** 63 - 1}, findings=["height-not-confirmed"],
           twin_findings=["node-behind"]),
    # nobody's CRL needs these certificates: they cost memory and disk, and nothing is said of them
    record("h23-chain", {"points": 9, "certificates_broken": 0}, rss=250, disk=KEPT),
    record("h23-points", {}, rss=300, disk=20000, seconds=60, findings=["too-many-points"]),
    record("h23-hosts", {}, rss=300, disk=20000, seconds=60, findings=["too-many-points"]),
    # PAI Direct's vendor makes itself unknown; others stay what they are
    record("h23-own-hosts", {}, rss=300, disk=20000, seconds=100, faults_of_others=True,
           findings=["point-hidden", "too-many-points"], devices=("partition-revoked", "genuine-partitioned")),
    record("h26-file", {}, after=LISTED, first=INVALID, findings=CHANGED),
    record("h26-ftp", {}, after=LISTED, first=INVALID, findings=CHANGED),
    record("h26-gopher", {}, after=LISTED, first=INVALID, findings=CHANGED),
    record("h26-no-scheme", {}, after=LISTED, first=INVALID, findings=CHANGED),
    record("h26-spaces", {}, after=LISTED, first=INVALID, findings=CHANGED),
    crl("h25-good", None, after=("revoked", "good"), first=("revoked", "good"), good_first=True,
        ca="tls-ca.pem", faults_of_others=True),
    crl("h25-self-signed", "problem: self.signed certificate$", reasons=("tls",), after=MOVED, faults_of_others=True, ca="tls-ca.pem"),
    crl("h25-name", "subject name (matches|does not match) target", reasons=("tls",), after=MOVED, faults_of_others=True, ca="tls-ca.pem"),
    crl("h25-expired", "problem: certificate has expired$", reasons=("tls",), after=MOVED, faults_of_others=True, ca="tls-ca.pem"),
    crl("h25-old-tls", "unsupported protocol|protocol version", reasons=("tls",), after=MOVED, faults_of_others=True, ca="tls-ca.pem"),
    # the system's authorities do not know this one
    crl("h25-good", "problem: unable to get local issuer certificate$", reasons=("tls",), after=MOVED,
        faults_of_others=True),
    crl("h04-tls-stall", "timed out", reasons=("timeout",), after=MOVED, faults_of_others=True, timeout="5s"),
    crl("h08-not-modified", None),
]

LISTS = [
    ledger("html", "not JSON"),
    ledger("empty", "no root certificate"),
    ledger("loop", "circle|an empty page"),
    ledger("truncated", "transfer closed|cut"),
    ledger("slow", "timed out|timeout|too slow", timeout=SHORT),
    ledger("down", "Empty reply|unreachable|closed|cut"),
    ledger("h09-circle", "circle|an empty page"),
    ledger("h09-stops", "8 records came of 9"),
    ledger("h09-repeats", "revocation-points: a record came twice"),
    ledger("h09-repeats-respelled", "revocation-points: a record came twice"),
    ledger("h09-repeats-withheld", "revocation-points: a record came twice"),
    ledger("h09-repeats-certificate", ": certificates: a record came twice"),
    ledger("h09-total", "9 records came of 18446744073709551615"),
    ledger("h09-new-keys", "an empty page that is not the last"),
    ledger("h10-deep", "too deep"),
    ledger("h10-tokens", "too many values"),
    ledger("h10-doubled", "a member name twice"),
    ledger("h10-utf8", "not UTF-8"),
    ledger("h10-surrogate", "a lone surrogate"),
    ledger("h10-nul", "a control character"),
    ledger("h10-tail", "something after the text"),
    ledger("h10-cut", "does not end"),
    ledger("h10-bom", "no value"),
    ledger("h10-9-mib", "more than 8388608 bytes"),
    record("h10-values", {"points": 9, "points_broken": 0, "certificates_broken": 0}, rss=250, disk=KEPT),
    record("h11-label", {"points": 10, "points_broken": 0}),
    record("h11-label-absolute", {"points": 10, "points_broken": 0}),
    record("h11-label-long", {"points": 10, "points_broken": 0}),
    record("h11-key-id", {"points": 10}),
    # the new URL is one point more; the twin has no such path, and what was fetched there stays
    record("h11-url", {"points": 9, "points_adding": 1}, findings=CHANGED,
           twin_faults={"pai-direct.crl": "HTTP status 501"}),
    record("h11-subject", {"certificates_broken": 1}, findings=BROKEN),
    record("h12-base64", {"points": 10}),
    record("h12-no-pem", {"points": 10}),
    record("h12-letters", {"points": 10}),
    record("h12-nul", {"points": 10, "points_broken": 1}, findings=BROKEN),
    record("h12-type", {"points": 10, "points_broken": 1}, findings=BROKEN),
    record("h12-range", {"points": 10, "points_broken": 1}, findings=BROKEN),
    record("h12-missing", {"points": 10, "points_broken": 1}, findings=BROKEN),
    record("h12-null", {"points": 10, "points_broken": 1}, findings=BROKEN),
    record("h12-list", {"points": 10, "points_broken": 1}, findings=BROKEN),
    record("h12-key-id", {"points": 10}),
    record("h12-certificate", {"certificates_broken": 1}, findings=BROKEN),
    record("h12-certificate-type", {"certificates_broken": 1}, findings=BROKEN),
    record("h12-certificate-none", {"certificates_broken": 1}, findings=BROKEN),
    record("h27-many", {"points": 10}),
    record("h27-junk", {"points": 10}, findings=BROKEN),
    record("h27-large", {"points": 10, "points_broken": 1}, findings=BROKEN, disk=5000),
    record("h27-certificate-large", {"certificates_broken": 1}, findings=BROKEN, disk=KEPT),
    record("h27-certificate-der", {"certificates_broken": 1}, findings=BROKEN),
]

CRLS = [
    crl("h13-next-update-past", None, after=("revoked", "stale"), first=("revoked", "stale"),
        twin=("revoked", "stale"), twin_faults={"pai-direct.crl": "crl-number-back"}),
    crl("h13-next-update-9999", None, first=("revoked", "good"), good_first=True,
        twin_faults={"pai-direct.crl": "crl-number-back"}),
    crl("h13-next-update-absent", "crl-next-update", first=LISTED),
    crl("h13-next-update-first", "crl-time", first=LISTED),
    crl("h13-this-update-future", "crl-time", first=("revoked", "clock")),
    crl("h14-number-missing", "crl-number", first=LISTED),
    crl("h14-number-critical", "crl-number", first=LISTED),
    crl("h14-number-negative", "crl-number", first=LISTED),
    crl("h14-number-21-octets", "crl-number", first=LISTED),
    crl("h14-number-back", "crl-number-back", first=("good", "good"), good_first=True),
    crl("h14-replay", "crl-number-back", first=("revoked", "good"), good_first=True),
    crl("h15-serial-negative", "crl-entry-serial", first=LISTED),
    crl("h15-serial-empty", "crl-der|crl-entry-serial", first=("revoked|invalid", "invalid")),
    crl("h15-serial-padded", "crl-entry-serial", first=LISTED),
    crl("h15-serial-21-octets", "crl-entry-serial", first=LISTED),
    crl("h15-serial-twice", None, first=("revoked", "good"), good_first=True,
        twin_faults={"pai-direct.crl": "crl-number-back"}),
    crl("h15-ten-million", "more than 67108864 bytes", first=LARGE, timeout="60s", seconds=100),
    crl("h16-other-key", "crl-signature", first=INVALID),
    crl("h16-key-id", "crl-akid", first=INVALID),
    crl("h16-name-case", "crl-issuer-normalised", first=INVALID),
    crl("h16-name-type", "crl-issuer-normalised", first=INVALID),
    crl("h16-name-other", "crl-issuer", first=INVALID),
    crl("h17-point-other", "crl-idp-url", first=("revoked", "incomplete")),
    crl("h17-some-reasons", "crl-idp-reasons", first=("revoked", "incomplete")),
    crl("h17-entry-issuer", "crl-entry-issuer", first=("revoked|invalid", "invalid")),
    crl("h17-part-without-point", "crl-idp-missing", first=("revoked", "incomplete"),
        at="pai-partitioned-2.crl", devices=("partition-revoked", "genuine-partitioned")),
    crl("h17-part-withheld", "HTTP status 404", first=("unreachable", "unreachable"),
        at="pai-partitioned-2.crl", devices=("partition-revoked", "genuine-partitioned")),
    crl("h17-indirect-first", "crl-entry-issuer-missing", first=("incomplete", "incomplete"),
        at="pai-delegates.crl", devices=("delegated-revoked", "genuine-delegated")),
    crl("h18-delta", "crl-delta", first=LISTED),
    crl("h18-critical", "crl-critical-extension", first=LISTED),
    crl("h18-entry-critical", "crl-entry-extension", first=LISTED),
]
