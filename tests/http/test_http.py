#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The HTTP engine against servers that do one thing wrong, each beside its well-behaved twin."""
import json
import os
import socket
import subprocess
import tempfile
import threading
import time
import unittest

PROBE = os.environ["HTTP_PROBE"]
PUBLIC, OTHER = "93.184.216.34", "93.184.216.35"  # nothing here leaves the machine
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


class Server:
    """A socket on loopback; `talk(connection, request text)` answers one connection."""

    def __init__(self, talk, address="127.0.0.1"):
        self.talk = talk
        self.lock = threading.Lock()
        self.now = self.most = 0
        self.times = []
        self.requests = []
        self.socket = socket.create_server((address, 0), backlog=256)
        self.port = self.socket.getsockname()[1]
        self.url = "http://%s:%d" % (address, self.port)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.times.append(time.monotonic())
        try:
            request = connection.recv(65536).decode("latin-1")
            self.requests.append(request)
            self.talk(connection, request)
        except OSError:
            pass
        with self.lock:
            self.now -= 1
        connection.close()

    def close(self):
        self.socket.close()


def say(*parts, pause=0.0):
    def talk(connection, _):
        for part in parts:
            time.sleep(pause)
            connection.sendall(part)
    return talk


def redirect_to(where):
    return say(b"HTTP/1.1 302 Found\r\nLocation: " + where.encode() +
               b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def silent(connection, _):
    connection.recv(1)  # until the client gives up


class Http(unittest.TestCase):
    def server(self, talk, address="127.0.0.1"):
        server = Server(talk, address)
        self.addCleanup(server.close)
        return server

    def fetch(self, urls, *options, private=True, **env):
        if isinstance(urls, str):
            urls = [urls]
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        environment.update(env)
        start = time.monotonic()
        run = subprocess.run([PROBE, *(["--private"] if private else []), *map(str, options),
                              *urls], stdout=subprocess.PIPE, timeout=60, check=True,
                             env=environment)
        self.seconds = time.monotonic() - start
        return [json.loads(line) for line in run.stdout.decode().splitlines()]

    def one(self, url, *options, **more):
        answers = self.fetch(url, *options, **more)
        self.assertEqual(len(answers), 1)
        return answers[0]


class HowMany(Http):
    def test_per_host(self):
        server = self.server(say(OK, pause=0.1))
        answers = self.fetch([server.url + "/%d" % i for i in range(30)], "--per-host", 3)
        self.assertEqual([a["outcome"] for a in answers], ["ok"] * 30)
        self.assertEqual(server.most, 3)

    def test_default_per_host_is_eight(self):
        server = self.server(say(OK, pause=0.2))
        self.fetch([server.url + "/%d" % i for i in range(30)])
        self.assertEqual(server.most, 8)

    def test_in_total(self):
        servers = [self.server(say(OK, pause=0.2), "127.0.0.%d" % i) for i in range(1, 9)]
        stamps = []
        answers = self.fetch([s.url + "/%d" % i for i in range(3) for s in servers], "--total", 4)
        for s in servers:
            stamps += s.times
        self.assertEqual(len(answers), 24)
        self.assertGreater(max(stamps) - min(stamps), 0.2 * (24 / 4 - 1) - 0.1)

    def test_a_slow_host_does_not_keep_others_waiting(self):
        slow = self.server(silent, "127.0.0.2")
        quick = self.server(say(OK), "127.0.0.3")
        answers = self.fetch([slow.url + "/%d" % i for i in range(20)] +
                             [quick.url + "/%d" % i for i in range(20)],
                             "--total", 10, "--idle", 2)
        done = [a["url"] for a in answers if a["outcome"] == "ok"]
        self.assertEqual(len(done), 20)
        self.assertTrue(all(a["url"].startswith(quick.url) for a in answers[:20]))

    def test_a_host_that_fails_is_given_up(self):
        slow = self.server(silent)
        answers = self.fetch([slow.url + "/%d" % i for i in range(100)], "--idle", 1)
        found = {a["outcome"] for a in answers}
        self.assertEqual(found, {"timeout", "host-down"})
        self.assertLess(self.seconds, 10)


class Deadlines(Http):
    def test_tls_stall(self):
        server = self.server(silent)
        answer = self.one("https" + server.url[4:], "--connect", 1)
        self.assertEqual(answer["outcome"], "timeout")
        self.assertLess(self.seconds, 5)

    def test_idle(self):
        self.assertEqual(self.one(self.server(silent).url, "--idle", 1)["outcome"], "timeout")
        self.assertLess(self.seconds, 6)

    def test_drip(self):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n"
        server = self.server(say(head, *[b"x"] * 200, pause=0.1))
        self.assertEqual(self.one(server.url, "--idle", 2)["outcome"], "timeout")
        self.assertLess(self.seconds, 8)
        quick = self.server(say(head, *[b"x" * 100] * 2, pause=0.1))
        self.assertEqual(self.one(quick.url, "--idle", 2)["outcome"], "ok")

    def test_one_object(self):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
        server = self.server(say(head, *[b"x" * 1000] * 100, pause=0.1))
        self.assertEqual(self.one(server.url, "--timeout", 1)["outcome"], "timeout")
        self.assertLess(self.seconds, 4)

    def test_the_run(self):
        server = self.server(silent)
        answers = self.fetch([server.url + "/%d" % i for i in range(40)], "--run", 1)
        self.assertEqual({a["outcome"] for a in answers} - {"host-down"}, {"deadline"})
        self.assertLess(self.seconds, 4)

    def test_stopped(self):
        """What runs, what is queued and what waits for its next attempt, each once; what came counts."""
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
        def begin(connection, _):
            connection.sendall(head + b"x" * 1000)
            connection.recv(1)
        slow = self.server(begin, "127.0.0.2")
        quiet, down = self.server(silent, "127.0.0.3"), self.server(say(b""), "127.0.0.4")
        urls = [s.url + "/%d" % i for i in range(12) for s in (slow, quiet, down)]
        answers = self.fetch(urls, "--stop", 400, "--run", 60, "--idle", 60)
        self.assertLess(self.seconds, 3)
        self.assertEqual(sorted(a["url"] for a in answers), sorted(urls + urls[-1:]))
        outcomes = {a["outcome"] for a in answers if not a["url"].startswith(down.url)}
        self.assertEqual(outcomes, {"stopped"})
        self.assertEqual(answers[-1]["outcome"], "stopped")  # what was asked for afterwards
        self.assertIn(("stopped", 1000), {(a["outcome"], a["bytes"]) for a in answers})


class Bytes(Http):
    def test_endless(self):
        def endless(connection, _):
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:
                connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")
        answer = self.one(self.server(endless).url, "--max", 100000)
        self.assertEqual((answer["outcome"], answer["attempts"]), ("too-large", 1))

    def test_the_ceiling_itself_fits(self):
        for size, want in ((1000, "ok"), (1001, "too-large")):
            server = self.server(say(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * size))
            self.assertEqual(self.one(server.url, "--max", 1000)["outcome"], want)

    def test_announced_too_large(self):
        server = self.server(say(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"))
        self.assertEqual(self.one(server.url, "--max", 1000)["outcome"], "too-large")

    def test_endless_header(self):
        def talk(connection, _):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            for i in range(100000):
                connection.sendall(b"X-%d: %s\r\n" % (i, b"y" * 1000))
        self.assertNotEqual(self.one(self.server(talk).url)["outcome"], "ok")
        few = say(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100 + b"Content-Length: 2\r\n\r\nhi")
        self.assertEqual(self.one(self.server(few).url)["outcome"], "ok")

    def test_lying_length(self):
        for head, body, want in ((b"Content-Length: 10", b"short", "cut-short"),
                                 (b"Content-Length: 5", b"hello and more", "ok"),
                                 (b"Content-Length: -5", b"hello", None),
                                 (b"Content-Length: 5\r\nContent-Length: 6", b"hello", None)):
            server = self.server(say(b"HTTP/1.1 200 OK\r\n" + head + b"\r\nConnection: close\r\n\r\n"
                                     + body))
            answer = self.one(server.url, "--wait", 1)
            if want is None:
                self.assertTrue(answer["outcome"] != "ok" or answer["bytes"] <= 6, answer)
            else:
                self.assertEqual(answer["outcome"], want)
                self.assertLessEqual(answer["bytes"], 5)

    def test_of_a_host_and_of_a_run(self):
        body = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n" + b"x" * 1000
        a, b = self.server(say(body), "127.0.0.1"), self.server(say(body), "127.0.0.2")
        urls = [s.url + "/%d" % i for i in range(10) for s in (a, b)]
        for option, slug in (("--host-bytes", "host-quota"), ("--run-bytes", "run-quota")):
            with self.subTest(option):
                answers = self.fetch(urls, option, 5500, "--per-host", 1)
                good = [x for x in answers if x["outcome"] == "ok"]
                self.assertEqual({x["outcome"] for x in answers}, {"ok", slug})
                self.assertEqual(len(good), 10 if slug == "host-quota" else 5)
        self.assertEqual({x["outcome"] for x in self.fetch(urls)}, {"ok"})


class Again(Http):
    def flaky(self, bad, times):
        left = [times]

        def talk(connection, _):
            left[0] -= 1
            connection.sendall(bad if left[0] >= 0 else OK)
        return self.server(talk)

    def test_retry(self):
        for bad in (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", b"",
                    b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"):
            with self.subTest(bad):
                answer = self.one(self.flaky(bad, 1).url)
                self.assertEqual((answer["outcome"], answer["status"], answer["attempts"]),
                                 ("ok", 200, 2))
        self.assertEqual(self.one(self.flaky(b"", 2).url)["attempts"], 3)

    def test_what_was_taken_begins_anew(self):
        cut = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"
        answer = self.one(self.flaky(cut, 1).url, "--take")
        self.assertEqual((answer["attempts"], answer["taken"]), (2, 5))

    def test_no_retry_of_a_plain_no(self):
        for status in (b"404 Not Found", b"500 Internal", b"403 Forbidden"):
            server = self.server(say(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n"))
            self.assertEqual(self.one(server.url)["attempts"], 1)

    def test_an_end(self):
        server = self.server(say(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"))
        answer = self.one(server.url)
        self.assertEqual((answer["outcome"], answer["status"], answer["attempts"]),
                         ("ok", 503, 3))

    def test_retry_after(self):
        for asked, low, high in ((b"86400", 2, 5), (b"99999999999999999999", 0, 5),
                                 (b"Wed, 21 Oct 2015 07:28:00 GMT", 0, 5)):
            with self.subTest(asked):
                server = self.server(say(b"HTTP/1.1 429 No\r\nRetry-After: " + asked +
                                         b"\r\nContent-Length: 0\r\n\r\n"))
                answer = self.one(server.url, "--wait", 1)
                self.assertEqual(answer["attempts"], 3)
                self.assertGreaterEqual(self.seconds, low)
                self.assertLess(self.seconds, high)

    def test_the_seed_decides_the_pauses(self):
        def pauses(seed):
            server = self.server(say(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"))
            self.one(server.url, "--seed", seed)
            return [b - a for a, b in zip(server.times, server.times[1:])]
        a, b = pauses(5), pauses(5)
        for x, y in zip(a, b):
            self.assertLess(abs(x - y), 0.15)


class Where(Http):
    def test_redirects_are_counted(self):
        server = self.server(lambda c, _: redirect_to("/again")(c, _))
        self.assertEqual(self.one(server.url, "--redirects", 5, "--signed")["outcome"],
                         "redirect")
        self.assertEqual(len(server.requests), 6)
        end = self.server(say(OK))
        once = self.server(redirect_to(end.url))
        self.assertEqual(self.one(once.url, "--redirects", 5, "--signed")["outcome"], "ok")
        self.assertEqual(self.one(once.url, "--redirects", 0, "--signed")["outcome"], "redirect")

    def test_redirects_to_other_schemes(self):
        end = self.server(say(OK))
        for where, options in (("file:///etc/hostname", ["--signed"]),
                               ("ftp://127.0.0.1/x", ["--signed"]), ("gopher://127.0.0.1/x", []),
                               (end.url, [])):  # http only for what is signed
            with self.subTest(where):
                server = self.server(redirect_to(where))
                answer = self.one(server.url, "--redirects", 5, *options)
                self.assertEqual((answer["outcome"], answer["bytes"]), ("redirect", 0))

    def test_schemes(self):
        for url in ("file:///etc/hostname", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "http://",
                    "nonsense", ""):
            self.assertEqual(self.one(url, "--signed")["outcome"], "bad-url")
        self.assertEqual(self.one("http://192.0.2.1/")["outcome"], "bad-url")

    def test_private_addresses(self):
        server = self.server(say(OK))
        name = "http://localhost:%d/" % server.port
        for url in (server.url, name, "http://[::1]:%d/" % server.port,
                    "http://0.0.0.0:%d/" % server.port, "http://2130706433:%d/" % server.port,
                    "http://0x7f.1:%d/" % server.port, "http://[::ffff:127.0.0.1]:%d/" % server.port):
            with self.subTest(url):
                answer = self.one(url, "--signed", private=False)
                self.assertEqual((answer["outcome"], answer["attempts"] > 1),
                                 ("private-address", False))
        self.assertEqual(server.requests, [])
        self.assertEqual(self.one(server.url, "--named", private=False)["outcome"], "ok")

    def test_a_redirect_to_a_private_address(self):
        end = self.server(say(OK), "127.0.0.2")
        named = self.server(redirect_to(end.url), "127.0.0.3")
        answer = self.one(named.url, "--named", "--signed", "--redirects", 5, private=False)
        self.assertEqual(answer["outcome"], "private-address")
        self.assertEqual((len(named.requests), end.requests), (1, []))

    def named(self, answers, url, *options, private=False, reached="127.0.0.2"):
        """A URL whose host resolves to each of `answers` in turn: PUBLIC leads to the servers of this test."""
        with tempfile.TemporaryDirectory(prefix="veridac-test-") as folder:
            log = os.path.join(folder, "log")
            answer = self.one(url, "--signed", *options, private=private, LD_PRELOAD=os.environ["NAMES"],
                              NAMES_ANSWERS=answers, NAMES_PUBLIC=PUBLIC + "=" + reached, NAMES_LOG=log,
                              ASAN_OPTIONS="verify_asan_link_order=0")
            with open(log, encoding="ascii") as f:
                return answer["outcome"], len(f.readlines())

    def test_what_a_name_resolves_to(self):
        server = self.server(say(OK), "127.0.0.2")
        url = "http://moves.example:%d/" % server.port
        for there in ("127.0.0.2", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.2", "64:ff9b::7f00:2", "fd00::1",
                      OTHER + "+127.0.0.2"):  # when the public one does not answer, the next is tried
            with self.subTest(there):
                self.assertEqual(self.named(there, url), ("private-address", 1))
        self.assertEqual(server.requests, [])
        self.assertEqual(self.named("127.0.0.2", url, private=True), ("ok", 1))
        self.assertEqual(self.named(OTHER + "+" + PUBLIC, url), ("ok", 1))

    def test_a_name_that_moves(self):
        """The address that was looked at is the one that is asked; and it is looked at anew when there is another
        lookup."""
        end = self.server(say(OK), "127.0.0.2")
        moves = "http://moves.example:%d/" % end.port
        self.assertEqual(self.named(PUBLIC + ",127.0.0.2", moves), ("ok", 1))
        begin = self.server(redirect_to(moves), "127.0.0.2")
        url = "http://moves.example:%d/" % begin.port
        del end.requests[:]
        self.assertEqual(self.named(PUBLIC + ",127.0.0.2", url, "--redirects", 5), ("private-address", 2))
        self.assertEqual((len(begin.requests), end.requests), (1, []))
        self.assertEqual(self.named(PUBLIC, url, "--redirects", 5), ("ok", 2))
        self.assertEqual(len(end.requests), 1)

    def test_proxies(self):
        proxy = self.server(say(OK))
        url = "http://crl.example.com/x"
        answer = self.one(url, "--signed", private=False, http_proxy=proxy.url)
        self.assertEqual((answer["outcome"], answer["proxied"]), ("ok", True))
        self.assertTrue(proxy.requests[0].startswith("GET http://crl.example.com/x "))
        server = self.server(say(OK))
        answer = self.one(server.url, http_proxy=proxy.url, no_proxy="127.0.0.1")
        self.assertEqual((answer["outcome"], answer["proxied"]), ("ok", False))
        self.assertEqual(len(server.requests), 1)
        answer = self.one("http://10.0.0.1/", "--signed", private=False, http_proxy=proxy.url)
        self.assertEqual(answer["outcome"], "private-address")


class Tls(Http):
    def setUp(self):
        import ssl
        self.tmp = tempfile.TemporaryDirectory(prefix="veridac-test-")
        self.addCleanup(self.tmp.cleanup)
        key, self.cert = self.tmp.name + "/key", self.tmp.name + "/cert"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", self.cert,
                        "-days", "2", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost"], check=True, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, key)

        def talk(connection, _):
            pass

        self.plain = self.server(talk)
        self.plain.serve = self.serve_tls(context)

    def serve_tls(self, context):
        def serve(connection):
            try:
                tls = context.wrap_socket(connection, server_side=True)
                tls.recv(65536)
                tls.sendall(OK)
                tls.close()
            except OSError:
                connection.close()
        return serve

    def test_names_and_authorities(self):
        url = "https://localhost:%d/" % self.plain.port
        self.assertEqual(self.one(url, "--ca", self.cert)["outcome"], "ok")
        self.assertEqual(self.one(url)["outcome"], "tls")
        other = "https://127.0.0.1:%d/" % self.plain.port
        self.assertEqual(self.one(other, "--ca", self.cert)["outcome"], "tls")


if __name__ == "__main__":
    unittest.main(verbosity=2)
