# SPDX-License-Identifier: Apache-2.0
"""hostile_crls.py - CRLs that are signed by the right CA and wrong all the same (H13 to H18).

Each scenario serves one CRL of the world, made anew with single elements changed, in the place of the
honest one; everything else is honest. They need a world that `--pki` made.
"""
import os
import shutil
import tempfile
import time

from rest import Answer, Request
from scenarios import Honest, scenario

DIRECT = "pai-direct"
HOUR, DAY = 3600, 86400
YEAR_2050 = 2524608000


def when(at):
    """A Time of X.509, as an expression of veridac-testpki."""
    form, tag = ("%y%m%d%H%M%SZ", "17") if at < YEAR_2050 else ("%Y%m%d%H%M%SZ", "18")
    return '%s{"%s"}' % (tag, time.strftime(form, time.gmtime(at)))


def extension(oid, value, critical=False):
    return "30{oid(%s)%s 04{%s}}" % (oid, " 0101FF" if critical else "", value)


def entry(serial):
    return '30{02{%s} 17{"250101000000Z"}}' % serial


class Odd(Honest):
    """One CRL with changed elements; `changes` maps its elements to expressions."""
    crl, shift = DIRECT, 0
    changes = {}

    def settings(self, at):
        """["PATH=EXPRESSION"]; `at` is the time for which the world is made. Number 2 follows the
        honest one's 1."""
        changes = {"number": extension("2.5.29.20", "020102"), **self.changes}
        return ["crl/%s.%s=%s" % (self.crl, name, value(at) if callable(value) else value)
                for name, value in changes.items()]

    def answer(self, request, ask):
        if request.path != "/crl/%s.crl" % self.crl:
            return ask(request)
        if self.server.make is None:
            return Answer(501, b"this scenario needs --pki\n", "text/plain")
        return self.server.bytes_answer(request, self.body(), int(time.time()))

    def body(self):
        with self.server.lock:
            if not hasattr(self, "made"):
                self.made = self.make()
        return self.made

    def make(self):
        folder = tempfile.mkdtemp(prefix="veridac-odd.")
        try:
            at = self.server.made_at + self.shift
            self.server.make(folder, self.settings(at), at)
            with open(os.path.join(folder, "crl", self.crl + ".crl"), "rb") as file:
                return file.read()
        finally:
            shutil.rmtree(folder)


# name, what it is, changes
ODD = [
    ("h13-next-update-past", "nextUpdate one hour after the time of the world: over for every client of a later time",
     {"this-update": lambda at: when(at - HOUR), "next-update": lambda at: when(at + HOUR)}),
    ("h13-next-update-absent", "no nextUpdate", {"next-update": "none"}),
    ("h13-next-update-first", "nextUpdate before thisUpdate",
     {"next-update": lambda at: when(at - 2 * HOUR)}),
    ("h13-next-update-9999", "nextUpdate at the end of the year 9999",
     {"next-update": '18{"99991231235959Z"}'}),
    ("h13-this-update-future", "thisUpdate in ten years",
     {"this-update": lambda at: when(at + 3650 * DAY),
      "next-update": lambda at: when(at + 3680 * DAY)}),
    ("h14-number-missing", "no CRL number", {"number": "none"}),
    ("h14-number-critical", "a critical CRL number",
     {"number": extension("2.5.29.20", "020102", critical=True)}),
    ("h14-number-negative", "a negative CRL number", {"number": extension("2.5.29.20", "0201FF")}),
    ("h14-number-21-octets", "a CRL number of 21 octets",
     {"number": extension("2.5.29.20", "02{01*21}")}),
    ("h14-number-back", "a CRL number before that of the last one, and nobody is listed",
     {"number": extension("2.5.29.20", "020100"), "entries": "none"}),
    ("h15-serial-negative", "a negative serial number among the entries",
     {"entries.append": entry("85")}),
    ("h15-serial-empty", "a serial number of no octets", {"entries.append": entry("")}),
    ("h15-serial-padded", "a serial number with a leading zero", {"entries.append": entry("0005")}),
    ("h15-serial-21-octets", "a serial number of 21 octets", {"entries.append": entry("01*21")}),
    ("h15-serial-twice", "one serial number twice, and out of order",
     {"entries.append": " ".join(entry(s) for s in ("77", "11", "77"))}),
    ("h16-other-key", "signed by another CA's key", {"signed-by": "pai-silent"}),
    ("h16-key-id", "the authority key id of another CA",
     {"akid": extension("2.5.29.35", "30{80{keyid(pai-silent)}}")}),
    ("h16-name-case", "the issuer's name in capitals",
     {"issuer": 'name(cn("PAI DIRECT") vid("FFF1") pid("8000"))'}),
    ("h16-name-type", "the issuer's name as a PrintableString",
     {"issuer": 'name(cn/13("PAI Direct") vid("FFF1") pid("8000"))'}),
    ("h16-name-other", "another CA's name", {"issuer": "subject(pai-silent)"}),
    ("h17-point-other", "an issuing distribution point with another URL",
     {"extensions.append": extension("2.5.29.28", '30{A0{A0{86{"http://127.0.0.1/other.crl"}}}}',
                                     critical=True)}),
    ("h17-some-reasons", "an issuing distribution point for some reasons only",
     {"extensions.append": extension("2.5.29.28", "30{83{0640}}", critical=True)}),
    ("h17-entry-issuer", "an entry of another issuer in a CRL that is not indirect",
     {"dac-revoked.append": "30{%s}" % extension("2.5.29.29", "30{A4{subject(pai-silent)}}",
                                                 critical=True)}),
    ("h18-delta", "a delta CRL",
     {"extensions.append": extension("2.5.29.27", "020101", critical=True)}),
    ("h18-critical", "an unknown critical extension",
     {"extensions.append": extension("2.5.29.99", "0500", critical=True)}),
    ("h18-entry-critical", "an unknown critical extension of an entry",
     {"dac-revoked.append": "30{%s}" % extension("2.5.29.99", "0500", critical=True)}),
]

for _name, _what, _changes in ODD:
    scenario(type("Odd", (Odd,), {"name": _name, "__doc__": _what, "changes": _changes}))


@scenario
class NumberBackInTime(Odd):
    """yesterday's CRL again, with yesterday's times"""
    name, shift = "h14-replay", -DAY
    changes = {"number": extension("2.5.29.20", "020101")}


@scenario
class PartWithoutPoint(Odd):
    """one of two partitions without issuing distribution point"""
    name, crl, changes = "h17-part-without-point", "pai-partitioned-2", {"idp": "none"}


@scenario
class PartWithheld(Honest):
    """one of two partitions cannot be had"""
    name = "h17-part-withheld"

    def answer(self, request, ask):
        if request.path == "/crl/pai-partitioned-2.crl":
            return Answer(404, b"not found\n", "text/plain")
        return ask(request)


@scenario
class IndirectWithoutIssuer(Odd):
    """an indirect CRL of two CAs, whose first entry names no issuer"""
    name, crl = "h17-indirect-first", "pai-delegates"
    changes = {"dac-delegated-revoked": '30{02{11223344} 17{"250531000000Z"}}'}


@scenario
class TenMillion(Honest):
    """a CRL of ten million entries: 350 MB, well-formed as far as it comes, signed by nobody"""
    name = "h15-ten-million"
    count = 10000000

    def answer(self, request, ask):
        if request.path == "/crl/%s.crl" % DIRECT:
            return ask(Request(request.method, request.target))
        return ask(request)

    def send(self, handler, answer):
        if handler.path != "/crl/%s.crl" % DIRECT or answer.status != 200:
            handler.send_answer(answer)
            return
        head = answer.body[answer.body.index(b"\x02\x01\x01\x30"):answer.body.index(b"\x17\x0d")]
        dates = answer.body[answer.body.index(b"\x17\x0d"):][:30]
        one = 35  # octets of an entry with a serial number of 16
        size = self.count * one
        long = lambda n: b"\x30\x84" + n.to_bytes(4, "big")
        tbs = len(head) + len(dates) + 6 + size
        handler.send_response(200)
        handler.send_header("Content-Type", "application/pkix-crl")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        handler.wfile.write(long(tbs + 86) + long(tbs) + head + dates + long(size))
        for at in range(0, self.count, 10000):
            handler.wfile.write(b"".join(
                b"\x30\x21\x02\x10" + (n + (1 << 120)).to_bytes(16, "big") + b"\x17\x0d250101000000Z"
                for n in range(at, at + 10000)))
