#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""verify --confirm: a hub's open answer, settled by one page of the bundle of kind full over HTTP.

Bundles are written by tests/golden/vdb1.py, so that what is fetched is judged by nobody's own code.
"""
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import time

from support import SOURCE, TESTPKI, Folder, main, run, run_json

sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(SOURCE, "tests", "golden"), os.path.join(SOURCE, "tests", "ledger")]
import der  # noqa: E402
import vdb1  # noqa: E402

AT = 1790000000
NOW = "2026-09-21T14:13:20Z"
N = 500
SECTIONS = {1: "coverage", 4: "pages", 5: "codes", 6: "tree"}


class Server:
    """One file by ranges; `wrong` is what the server does otherwise."""

    def __init__(self, data):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.answer(self)

        self.data, self.wrong, self.ranges = data, None, []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # clients hang up on what is wrong
        self.url = "http://127.0.0.1:%d/full.bundle" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, to):
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", to.headers.get("Range", ""))
        first, last = map(int, asked.groups())
        self.ranges.append((first, last - first + 1))
        body, total = self.data[first:last + 1], len(self.data)
        status, told = 206, "bytes %d-%d/%d" % (first, first + len(body) - 1, total)
        if self.wrong == "no ranges":
            status, body = 200, self.data
        elif self.wrong == "endless":
            status, body = 200, self.data + bytes(2 << 20)
        elif self.wrong == "status":
            status, body = 404, b"there is nothing here"
        elif self.wrong == "another part":
            told = "bytes %d-%d/%d" % (first + 1, last + 1, total)
        elif self.wrong == "no content-range":
            told = None
        elif self.wrong == "short":
            body = body[:-1]
        elif self.wrong == "unsatisfiable":
            status, body, told = 416, b"", "bytes */%d" % total
        elif self.wrong == "drip":
            time.sleep(30)
        try:
            to.send_response(status)
            if told and status != 200:
                to.send_header("Content-Range", told)
            to.send_header("Content-Length", str(len(body)))
            to.end_headers()
            to.wfile.write(body)
        except OSError:
            pass  # the client went away

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def certificate(path):
    with open(path, "rb") as f:
        return der.Certificate(f.read())


def magnitude(serial):
    return serial.to_bytes(20, "big").lstrip(b"\0") or b"\0"


def filter_hits(keys, key):
    line, bits = vdb1.probes(key, vdb1.Params(len(keys)).lines)
    data = vdb1.encode_lines(keys, vdb1.Params(len(keys)).lines)[64 * line:64 * line + 64]
    return all(data[bit // 8] >> bit % 8 & 1 for bit in bits)


class Confirm(Folder):
    def setUp(self):
        super().setUp()
        subprocess.run([TESTPKI, "world", self.path("world"), "--url", "http://127.0.0.1:9", "--at",
                        str(AT), "--seed", "confirm"], check=True, stdout=subprocess.DEVNULL)
        folder = self.path("world", "devices", "genuine")
        self.dac, self.pai = (certificate(folder + name) for name in ("/dac.der", "/pai.der"))
        self.key = vdb1.key_of(vdb1.issuer_id(self.dac.issuer, self.dac.authority_key_id),
                               magnitude(self.dac.serial))

    def others(self, seed):
        return [(seed << 32 | k).to_bytes(12, "big").lstrip(b"\0") for k in range(1, N)]

    def issuer(self, serials, times=(AT - 3600, AT + 86400, AT)):
        return vdb1.Issuer(self.dac.issuer, self.dac.authority_key_id, serials, times=times)

    def bundles(self, issuer):
        """hub and full of this issuer, of the PAA above it, and of one with 20 pages"""
        paa = vdb1.Issuer(self.pai.issuer, self.pai.authority_key_id,
                          times=(AT - 3600, AT + 86400, AT))
        large = vdb1.Issuer(b"large", b"key id", self.large, times=(AT - 3600, AT + 86400, AT))
        return [vdb1.encode([issuer, paa, large], kind, 2, AT) for kind in (vdb1.HUB, vdb1.FULL)]

    large = [k.to_bytes(3, "big").lstrip(b"\0") for k in range(1, 9000)]

    def revoked(self):
        return self.bundles(self.issuer(self.others(1) + [magnitude(self.dac.serial)]))

    def falsely_hit(self):
        for seed in range(1, 2000):
            issuer = self.issuer(self.others(seed) + [b"\x01"])
            if filter_hits(issuer.keys, self.key):
                self.assertNotIn(self.key, issuer.keys)
                return self.bundles(issuer)
        self.fail("no filter hits")

    def serve(self, data):
        server = Server(data)
        self.addCleanup(server.close)
        return server

    def verify(self, hub, *more):
        folder = self.path("world", "devices", "genuine")
        with open(folder + "/device.txt", encoding="ascii") as f:
            told = dict(line.rstrip("\n").split(": ", 1) for line in f if ": " in line)
        return run_json("verify", "--dac", folder + "/dac.der", "--pai", folder + "/pai.der", "--vid",
                        told["vid"], "--pid", told["pid"], "--elements", folder + "/elements.bin",
                        "--signature", folder + "/signature.bin", "--challenge", told["challenge"],
                        "--nonce", told["nonce"], "--trust", self.path("world", "paa"),
                        "--cd-signers", self.path("world", "cd-signers"), "--network", "test",
                        "--at", NOW, "--snapshot", self.write("hub.bundle", hub), *more)

    def assert_open(self, answer, exit_code=2):
        code, told, _ = answer
        self.assertEqual((code, told["verdict"]), (exit_code, "undetermined"))
        self.assertEqual((told["revocation"]["dac"]["status"], told["revocation"]["dac"]["reason"]),
                         ("unknown", "unconfirmed"))

    def test_a_revoked_device(self):
        hub, full = self.revoked()
        server = self.serve(full)
        for policy in ("standard", "permissive"):
            self.assert_open(self.verify(hub, "--policy", policy))
        code, told, err = self.verify(hub, "--policy", "permissive", "--confirm", "--from", server.url)
        self.assertEqual((code, told["verdict"], err), (1, "reject", ""))
        self.assertEqual(told["revocation"]["dac"]["status"], "revoked")

    def test_a_falsely_hit_device(self):
        hub, full = self.falsely_hit()
        server = self.serve(full)
        for policy in ("standard", "permissive"):
            self.assert_open(self.verify(hub, "--policy", policy))
        code, told, err = self.verify(hub, "--confirm", "--from", server.url)
        self.assertEqual((code, told["verdict"], err), (0, "accept", ""))
        self.assertEqual(told["revocation"]["dac"]["status"], "good")

    def test_a_server_without_ranges(self):
        hub, full = self.falsely_hit()
        server = self.serve(full)
        server.wrong = "no ranges"
        code, told, err = self.verify(hub, "--confirm", "--from", server.url)
        self.assertEqual((code, told["verdict"], err), (0, "accept", ""))
        self.assertEqual(len(server.ranges), 1)

    def test_the_requests_name_the_page_and_nothing_else(self):
        hub, full = self.revoked()
        bundle = vdb1.Bundle(full)
        row = next(r for r in bundle.rows
                   if r["id"] == vdb1.issuer_id(self.dac.issuer, self.dac.authority_key_id))
        page = row["page"] + (self.key >> 64 - row["page_bits"])
        server = self.serve(full)
        self.assertEqual(self.verify(hub, "--confirm", "--from", server.url)[0], 1)
        at = {SECTIONS.get(number): full.index(data) for number, data in bundle.sections.items()
              if number in (4, 6)}
        codes = sum(len(p) for p in bundle.pages()[:page])
        first = page - page % 16
        leaves = min(16, bundle.n_pages - first)
        self.assertEqual(server.ranges[0], (0, 64))
        self.assertEqual(server.ranges[2], (at["pages"] + 4 * page, 8))
        self.assertEqual(server.ranges[3][1], len(bundle.pages()[page]))
        self.assertEqual(server.ranges[3][0], full.index(bundle.sections[5]) + codes)
        self.assertEqual(server.ranges[4], (at["tree"] + 32 * first, 32 * leaves))
        self.assertEqual(len(server.ranges), 6)

    def test_what_a_server_does_wrong(self):
        hub, full = self.falsely_hit()
        for wrong, why in (("endless", "over the ceiling"), ("status", "HTTP status 404"),
                           ("another part", "another part"), ("no content-range", "another part"),
                           ("short", "another part"),
                           ("unsatisfiable", "ends before the part asked for")):
            server = self.serve(full)
            server.wrong = wrong
            answer = self.verify(hub, "--policy", "permissive", "--confirm", "--from", server.url)
            self.assert_open(answer)
            self.one_line(answer[2])
            self.assertIn(why, answer[2], wrong)

    def test_a_slow_server_costs_five_seconds(self):
        hub, full = self.falsely_hit()
        server = self.serve(full)
        server.wrong = "drip"
        began = time.monotonic()
        answer = self.verify(hub, "--confirm", "--from", server.url)
        self.assertLess(time.monotonic() - began, 20)  # a loaded machine; the limit is 5
        self.assert_open(answer)
        self.one_line(answer[2])

    def test_what_is_wrong_with_a_file(self):
        hub, full = self.falsely_hit()
        bundle = vdb1.Bundle(full)
        row = next(r for r in bundle.rows
                   if r["id"] == vdb1.issuer_id(self.dac.issuer, self.dac.authority_key_id))
        page = row["page"] + (self.key >> 64 - row["page_bits"])
        start = full.index(bundle.sections[5]) + sum(len(p) for p in bundle.pages()[:page])
        tree = full.index(bundle.sections[6])

        def with_flip(at):
            return full[:at] + bytes([full[at] ^ 1]) + full[at + 1:]

        table = full.index(bundle.sections[4]) + 4 * page
        neighbour = bundle.pages()[page ^ 1]
        other = start - sum(len(p) for p in bundle.pages()[:page]) + sum(
            len(p) for p in bundle.pages()[:page ^ 1]) - full.index(bundle.sections[5])
        moved = (full[:table] + other.to_bytes(4, "little") +
                 (other + len(neighbour)).to_bytes(4, "little") + full[table + 8:])
        for name, data, why in (
                ("forged page", with_flip(start + 7), "not the one that the tree names"),
                ("another page", moved, "not the one that the tree names"),
                ("forged hash of the page", with_flip(tree + 32 * page),
                 "not the one that the tree names"),
                ("forged hash beside it", with_flip(tree + 32 * (page ^ 1)), "do not follow"),
                ("forged hash above", with_flip(tree + 32 * bundle.n_pages + 33), "not the one of"),
                ("of another time", self.revoked()[1], "of another time"),
                ("a hub", hub, "not a bundle of kind full"),
                ("cut", full[:start], "another part"),
                ("no bundle", b"<html>" + bytes(2000), "not a bundle")):
            answer = self.verify(hub, "--confirm", "--from", self.serve(data).url)
            self.assert_open(answer)
            self.one_line(answer[2])
            self.assertIn(why, answer[2], name)

    def test_a_second_mirror(self):
        hub, full = self.falsely_hit()
        code, told, err = self.verify(hub, "--confirm", "--from", self.serve(b"").url, "--from",
                                      self.serve(full).url)
        self.assertEqual((code, told["verdict"]), (0, "accept"))
        self.one_line(err)

    def test_only_open_answers_are_asked_for(self):
        server = self.serve(b"")
        folder = self.path("world", "devices", "genuine")
        args = ["verify", "--dac", folder + "/dac.der", "--pai", folder + "/pai.der"]
        self.assertEqual(run(*args, "--confirm")[0], 64)
        self.assertEqual(run(*args, "--from", server.url)[0], 64)
        hub, _ = self.bundles(self.issuer([b"\x01"]))
        self.assertEqual(self.verify(hub, "--confirm", "--from", server.url)[0], 0)
        self.assertEqual(server.ranges, [])

    def test_an_audit_since_never_takes_an_open_answer_for_unchanged(self):
        hub, full = self.revoked()
        quiet, _ = self.bundles(self.issuer([b"\x01"]))
        inventory = self.write("inventory", "label,dac\nlamp,%s\n" % self.dac_hex())
        before = self.write("before", quiet)
        for now, more, want in (
                (hub, (), (2, "open", ["unconfirmed"])), (full, (), (1, "hit", ["dac-revoked"])),
                (hub, ("--policy", "strict"), (1, "hit", ["unconfirmed"])),
                (hub, ("--policy", "permissive"), (2, "open", ["unconfirmed"])), (quiet, (), None)):
            code, out, err = run("audit", inventory, "--network", "test", "--at", NOW, "--json",
                                 "--snapshot", self.write("now", now), "--since", before, *more)
            *lines, summary = [json.loads(line) for line in out.splitlines()]
            summary = summary["summary"]
            self.assertEqual(err, "")
            if want is None:
                self.assertEqual((code, lines, summary["unchanged"], summary["open"]), (0, [], 1, 0))
            else:
                self.assertEqual([(code, x["outcome"], x["reasons"]) for x in lines], [want])
                self.assertEqual((summary[want[1]], summary["unchanged"]), (1, 0))

    def dac_hex(self):
        with open(self.path("world", "devices", "genuine", "dac.der"), "rb") as f:
            return f.read().hex()


if __name__ == "__main__":
    main()
