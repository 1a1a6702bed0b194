# SPDX-License-Identifier: Apache-2.0
"""hostile_http.py - servers that break HTTP, never end, or send the client elsewhere (H01 to H08,
H24 to H26).

A scenario spoils either the list of revocation points (its name ends in -list) or the CRL of PAI
Direct; everything else stays honest, so that a client can show that one bad host costs only itself.
"""
import copy
import gzip
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import os

from rest import Answer, Request, Rest
from scenarios import Honest, scenario

CRL = "/crl/pai-direct.crl"
LIST = "/dcl/pki/revocation-points"


class Spoil(Honest):
    """Spoils one path; the subclass says what `spoil` sends over the handler's connection."""
    path = CRL

    def answer(self, request, ask):
        if request.path == self.path:  # a body to spoil, not 304
            return ask(Request(request.method, request.target))
        return ask(request)

    def send(self, handler, answer):
        if handler.path.partition("?")[0] == self.path and answer.status == 200:
            handler.close_connection = True
            self.spoil(handler, answer)
        else:
            handler.send_answer(answer)

    def head(self, handler, answer, *headers, status=200):
        handler.send_response(status)
        for name, value in [h for h in answer.headers if h[0] == "Content-Type"] + list(headers):
            handler.send_header(name, value)
        handler.send_header("Connection", "close")
        handler.end_headers()

    def spoil(self, handler, answer):
        raise NotImplementedError


def both(cls):
    """Registers a scenario twice: for the CRL, and with -list for the list of points."""
    scenario(cls)
    scenario(type(cls.__name__ + "List", (cls,), {"name": cls.name + "-list", "path": LIST,
                                                  "__doc__": cls.__doc__}))
    return cls


# ---- H01: endless data ----

@both
class Endless(Spoil):
    """chunked, without length: the body begins well and never ends"""
    name = "h01-endless"

    def spoil(self, handler, answer):
        self.head(handler, answer, ("Transfer-Encoding", "chunked"))
        put = lambda data: handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        put(answer.body[:-1])
        junk = b" " * 65536
        while True:
            put(junk)


@scenario
class EndlessHead(Spoil):
    """header fields that never end"""
    name = "h01-endless-head"

    def spoil(self, handler, answer):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            handler.wfile.write(b"X-More: " + b"x" * 4096 + b"\r\n")


# ---- H02: Content-Length lies ----

class Length(Spoil):
    def spoil(self, handler, answer):
        self.head(handler, answer, *[("Content-Length", v) for v in self.lengths(len(answer.body))])
        handler.wfile.write(answer.body)


for _name, _what, _lengths in (
        ("h02-length-short", "Content-Length is less than the body", lambda n: [str(n // 2)]),
        ("h02-length-long", "Content-Length is more than the body, then the connection closes",
         lambda n: [str(n + 1)]),
        ("h02-length-twice", "two Content-Length fields that differ",
         lambda n: [str(n), str(n // 2)]),
        ("h02-length-negative", "a negative Content-Length", lambda n: ["-5"]),
        ("h02-length-huge", "a Content-Length of 2^63 - 1", lambda n: [str(2 ** 63 - 1)])):
    both(type("Length", (Length,), {"name": _name, "__doc__": _what,
                                    "lengths": staticmethod(_lengths)}))


@scenario
class BadChunks(Spoil):
    """chunk sizes that are not numbers"""
    name = "h02-bad-chunks"

    def spoil(self, handler, answer):
        self.head(handler, answer, ("Transfer-Encoding", "chunked"))
        handler.wfile.write(b"zz\r\n" + answer.body + b"\r\n0\r\n\r\n")


# ---- H03, H04: time ----

@both
class Drip(Spoil):
    """the head at once, then one byte every 0.4 seconds, inside any read timeout"""
    name = "h03-drip"

    def spoil(self, handler, answer):
        self.head(handler, answer, ("Content-Length", str(len(answer.body))))
        for octet in answer.body:
            handler.wfile.write(bytes([octet]))
            time.sleep(0.4)


@scenario
class DripHead(Spoil):
    """one header byte every 0.4 seconds"""
    name = "h03-drip-head"

    def spoil(self, handler, answer):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.4)


@both
class Silent(Spoil):
    """accepts, reads the request and never answers"""
    name = "h04-silent"

    def spoil(self, handler, answer):
        while handler.rfile.read(1):  # until the client gives up
            pass


class Elsewhere(Honest):
    """The data URL of PAI Direct's points names another place: `url(server)`."""

    def url(self):
        raise NotImplementedError

    def answer(self, request, ask):
        if not request.path.startswith(LIST):
            return ask(request)
        with self.server.lock:
            if not hasattr(self, "rest"):
                world = copy.copy(self.server.world)
                old, new = self.server.url + CRL, self.url()
                world.points = [{**p, "dataURL": new} if p["dataURL"] == old else p
                                for p in world.points]
                self.rest = Rest(world, self.server.page_limit, self.server.now)
        return self.rest.answer(request)


def listener(serve):
    """A port of 127.0.0.1; `serve(connection)` runs in a thread for each connection."""
    server = socket.create_server(("127.0.0.1", 0))

    def one(connection):
        try:
            with connection:
                serve(connection)
        except OSError:
            pass

    def accept():
        while True:
            threading.Thread(target=one, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


@scenario
class TlsStall(Elsewhere):
    """an https data URL whose port accepts and never says a word of TLS"""
    name = "h04-tls-stall"

    def url(self):
        def silence(connection):
            while connection.recv(4096):
                pass
        return "https://127.0.0.1:%d%s" % (listener(silence), CRL)


# ---- H05: compression ----

def bomb():
    """100 MB of zeros in gzip, made once."""
    if not hasattr(bomb, "made"):
        bomb.made = gzip.compress(bytes(100 << 20), compresslevel=1)
    return bomb.made


class Packed(Spoil):
    """As a file: the body is gzip, no header says so."""
    headers = ()

    def __init__(self, server):
        super().__init__(server)
        self.pack(b"")  # what takes time is done before anybody asks

    def spoil(self, handler, answer):
        body = self.pack(answer.body)
        self.head(handler, answer, ("Content-Length", str(len(body))), *self.headers)
        handler.wfile.write(body)


for _name, _what, _pack, _headers in (
        ("h05-bomb", "gzip of 100 MB of zeros", lambda b: bomb(), ()),
        ("h05-bomb-encoded", "the same, announced as Content-Encoding",
         lambda b: bomb(), (("Content-Encoding", "gzip"),)),
        ("h05-twice", "gzip in gzip", lambda b: gzip.compress(gzip.compress(b)), ()),
        ("h05-cut", "gzip without its last byte", lambda b: gzip.compress(b)[:-1], ()),
        ("h05-tail", "bytes behind the gzip", lambda b: gzip.compress(b) + b"x", ())):
    scenario(type("Packed", (Packed,), {"name": _name, "__doc__": _what, "headers": _headers,
                                        "pack": staticmethod(_pack)}))


# ---- H06: redirects ----

class Redirect(Honest):
    """PAI Direct's CRL is somewhere else."""

    def target(self, request):
        raise NotImplementedError

    def answer(self, request, ask):
        if request.path == CRL:
            return Answer(302, b"", "text/plain", [("Location", self.target(request))])
        return ask(request)


@scenario
class RedirectLoop(Redirect):
    """redirects without end, each to a new URL"""
    name = "h06-endless"

    def target(self, request):
        return "%s?%d" % (CRL, int(request.query or "0") + 1)


for _name, _what, _target in (
        ("h06-file", "a redirect to a file of the client", "file:///etc/passwd"),
        ("h06-scheme", "a redirect to a scheme that is not HTTP", "gopher://127.0.0.1:70/1"),
        ("h06-nowhere", "a redirect without a place", ""),
        ("h06-metadata", "a redirect to a link-local address", "http://169.254.169.254/latest/")):
    scenario(type("RedirectTo", (Redirect,), {
        "name": _name, "__doc__": _what, "target": lambda self, request, to=_target: to}))


@scenario
class RedirectPrivate(Redirect):
    """a redirect to a server of the client's own network; it counts who comes"""
    name = "h06-private"

    def target(self, request):
        with self.server.lock:
            if not hasattr(self, "place"):
                self.place = own_network(self.server)
        return self.place


def own_network(server):
    """A URL on another address of this machine; connections to it count as requests."""
    inside = socket.create_server(("127.77.0.1", 0))

    def accept():
        while True:
            connection, _ = inside.accept()
            with server.lock:
                server.requests.append({"method": "GET", "path": "/inside", "query": "",
                                        "status": 200, "bytes": 0, "headers": {}})
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    return "http://127.77.0.1:%d%s" % (inside.getsockname()[1], CRL)


# ---- H07, H08: status ----

class Status(Honest):
    status, body, kind, headers = 200, b"", "text/plain", ()
    path = CRL

    def answer(self, request, ask):
        if request.path == self.path:
            return Answer(self.status, self.body, self.kind, list(self.headers))
        return ask(request)


_NOT_FOUND = b'{"code":5,"message":"not found","details":[]}'
for _name, _what, _status, _body, _kind, _headers in (
        ("h07-day", "429 with Retry-After of a day", 429, b"", "text/plain",
         (("Retry-After", "86400"),)),
        ("h07-huge", "503 with Retry-After of 10^30 seconds", 503, b"", "text/plain",
         (("Retry-After", "1" + "0" * 30),)),
        ("h07-past", "503 with a Retry-After that is over", 503, b"", "text/plain",
         (("Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"),)),
        ("h08-no-content", "204 and nothing", 204, b"", "text/plain", ()),
        ("h08-portal", "200 and a page of HTML", 200, b"<!DOCTYPE html><html>Welcome</html>",
         "text/html", ()),
        ("h08-not-found", "404 and the ledger's own words", 404, _NOT_FOUND, "application/json", ()),
        ("h08-partial", "206 that nobody asked for", 206, b"\x30\x03\x02\x01\x01",
         "application/pkix-crl", (("Content-Range", "bytes 0-4/900"),)),
        ("h08-not-modified", "304 that nobody asked for", 304, b"", "text/plain", ()),
        ("h08-wrong-json", "200 and JSON without the list", 200, b'{"schemaVersion":0}',
         "application/json", ()),
        ("h08-proxy-404", "404 and a page of a proxy", 404, b"<html>404</html>", "text/html", ())):
    both(type("Status", (Status,), {"name": _name, "__doc__": _what, "status": _status,
                                    "body": _body, "kind": _kind, "headers": _headers}))


# ---- H24, H26: data URLs ----

@scenario
class PrivateAddress(Elsewhere):
    """the data URL names another address of the client's network; it counts who comes"""
    name = "h24-private"

    def url(self):
        return own_network(self.server)


for _name, _what, _url in (
        ("h24-metadata", "the data URL names a link-local address",
         "http://169.254.169.254/latest/meta-data/"),
        ("h24-mapped", "the data URL names a private IPv4 address inside IPv6",
         "http://[::ffff:10.0.0.1]/crl"),
        ("h24-decimal", "the data URL writes 10.0.0.1 as one number", "http://167772161/crl"),
        ("h24-no-name", "the data URL's host does not exist", "http://crl.invalid/x.crl"),
        ("h26-file", "the data URL is a file of the client", "file:///etc/passwd"),
        ("h26-ftp", "the data URL is ftp", "ftp://127.0.0.1/x.crl"),
        ("h26-gopher", "the data URL is gopher", "gopher://127.0.0.1:70/1x"),
        ("h26-no-scheme", "the data URL has no scheme", "127.0.0.1/x.crl"),
        ("h26-spaces", "the data URL holds a line break", "http://127.0.0.1/x\r\nHost: y")):
    scenario(type("DataUrl", (Elsewhere,), {"name": _name, "__doc__": _what,
                                            "url": lambda self, to=_url: to}))


# ---- H25: TLS ----

class Tls(Elsewhere):
    """The CRL over https, with a certificate made by the openssl program; `trusted` ones are signed by
    the CA in WORLD/tls-ca.pem, which a client may be told to trust."""
    subject, names, days, trusted, newest = "/CN=127.0.0.1", "IP:127.0.0.1", "30", True, None

    def __init__(self, server):
        super().__init__(server)
        self.place = self.listen()  # WORLD/tls-ca.pem is there before anybody asks

    def url(self):
        return self.place

    def listen(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.newest is not None:
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = self.newest
            context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(self.certificate())
        with open(self.server.world.path("crl/pai-direct.crl"), "rb") as file:
            body = file.read()

        def serve(connection):
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.recv(65536)
                tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return "https://127.0.0.1:%d%s" % (listener(serve), CRL)

    def certificate(self):
        folder = tempfile.mkdtemp(prefix="veridac-tls.")
        at = lambda name: os.path.join(folder, name)
        ca = self.server.world.path("tls-ca.pem")
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

        def openssl(*words):
            subprocess.run(["/usr/bin/openssl", *words], check=True, capture_output=True)
        openssl("req", "-x509", *new_key, "-keyout", at("ca.key"), "-out", ca, "-subj", "/CN=CA",
                "-days", "30", "-addext", "basicConstraints=critical,CA:TRUE")
        openssl("req", *new_key, "-keyout", at("key"), "-out", at("csr"), "-subj", self.subject)
        with open(at("ext"), "w", encoding="ascii") as file:
            file.write("subjectAltName=%s\n" % self.names)
        signer = ["-CA", ca, "-CAkey", at("ca.key")] if self.trusted else ["-signkey", at("key")]
        openssl("x509", "-req", "-in", at("csr"), *signer, "-out", at("crt"), "-days", self.days,
                "-extfile", at("ext"))
        with open(at("both"), "w", encoding="ascii") as out:
            for part in ("crt", "key"):
                with open(at(part), encoding="ascii") as file:
                    out.write(file.read())
        return at("both")


for _name, _what, _more in (
        ("h25-good", "the honest twin: a certificate of the CA, for this address", {}),
        ("h25-self-signed", "a certificate that nobody signed", {"trusted": False}),
        ("h25-name", "a certificate for another name", {"names": "DNS:crl.example"}),
        ("h25-expired", "a certificate that was valid until yesterday", {"days": "-1"}),
        ("h25-old-tls", "TLS 1.1 at most", {"newest": ssl.TLSVersion.TLSv1_1})):
    scenario(type("Tls", (Tls,), {"name": _name, "__doc__": _what, **_more}))
