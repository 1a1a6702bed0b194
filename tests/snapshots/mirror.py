# SPDX-License-Identifier: Apache-2.0
"""A mirror that answers honestly but for one attack on one kind of file. It speaks raw sockets: what it
has to say, no HTTP library would send."""
import gzip
import os
import socket
import threading
import time

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
NAP = 0.2


def whole(c, body):
    c.sendall(HEAD + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)


def for_ever(c, piece, pause=0.0):
    """Until the client has had enough; an attack that nobody ends is ended by the test's own limit."""
    stop = time.monotonic() + 60
    while time.monotonic() < stop:
        c.sendall(piece)
        if pause:
            time.sleep(pause)


def wait_for_ever(c):
    c.settimeout(60)
    while c.recv(4096):
        pass


def truncated(c, body):
    c.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body[:len(body) // 2])


def truncated_chunk(c, body):
    c.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body[:len(body) // 2])


def no_last_chunk(c, body):
    c.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n")


def bad_chunk(c, body):
    c.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n" + body + b"\r\n0\r\n\r\n")


def huge_chunk(c, body):
    c.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n" + body)


def endless(c, body):
    c.sendall(HEAD + b"\r\n" + body)
    for_ever(c, bytes(65536))


def endless_chunks(c, body):
    c.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n")
    for_ever(c, b"1000\r\n" + bytes(4096) + b"\r\n")


def huge_length(c, body):
    c.sendall(HEAD + b"Content-Length: 4611686018427387904\r\n\r\n" + body)
    for_ever(c, bytes(65536))


def negative_length(c, body):
    c.sendall(HEAD + b"Content-Length: -5\r\n\r\n" + body)


def length_that_overflows(c, body):
    c.sendall(HEAD + b"Content-Length: 99999999999999999999999999\r\n\r\n" + body)


def two_lengths(c, body):
    c.sendall(HEAD + b"Content-Length: %d\r\nContent-Length: 5\r\n\r\n" % len(body) + body)


def short_length(c, body):
    c.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % (len(body) - 1) + body)


def part_unasked(c, body):
    half = body[:len(body) // 2]
    c.sendall(b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-%d/%d\r\nContent-Length: %d\r\n\r\n"
              % (len(half) - 1, len(body), len(half)) + half)


def part_that_lies(c, body):
    c.sendall(b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 7-%d/%d\r\nContent-Length: %d\r\n\r\n"
              % (len(body) + 6, len(body) + 7, len(body)) + body)


def not_modified_unasked(c, _):
    c.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")


def drip(c, body):
    c.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body))
    for i in range(300):
        c.sendall(body[i:i + 1])
        time.sleep(NAP)


def drip_headers(c, _):
    c.sendall(HEAD)
    for_ever(c, b"X: y\r\n", NAP)


def silence(c, _):
    wait_for_ever(c)


def silence_in_body(c, body):
    c.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body[:10])
    wait_for_ever(c)


def goes_on_and_on(c, _):
    for_ever(c, b"HTTP/1.1 100 Continue\r\n\r\n", 0.001)


def endless_headers(c, _):
    c.sendall(HEAD)
    for_ever(c, b"X: " + b"y" * 1000 + b"\r\n")


def hang_up(_c, _body):
    pass


def reset(c, _):
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def no_http(c, _):
    c.sendall(b"\x16\x03\x01 SSH-2.0 220 mail.example ready\r\n" * 20)


def empty(c, _):
    whole(c, b"")


def html(c, _):
    whole(c, b"<!DOCTYPE html><html><body>Please log in to this network</body></html>")


BOMB = gzip.compress(bytes(50 << 20))  # made before anybody waits for it: a client has a second


def bomb(c, _):
    c.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB)


def small_bomb(c, body):
    packed = gzip.compress(body + bytes(500000))
    c.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)


def status(code, more=b""):
    def say(c, _):
        c.sendall(b"HTTP/1.1 %d Say\r\nConnection: close\r\nContent-Length: 0\r\n" % code + more + b"\r\n")
    return say


def redirect(to):
    return status(302, b"Location: %s\r\n" % to)


def swapped(c, body):
    whole(c, body[::-1])


def longer(c, body):
    whole(c, body + b"x")


class Mirror:
    """Serves a folder; `attack` answers instead for paths of which `on` is true."""

    def __init__(self, folder, address="127.0.0.1"):
        self.folder, self.attack, self.on, self.struck = folder, None, None, 0
        self.socket = socket.create_server((address, 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.url = "http://%s:%d" % (address, self.port)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.socket.close()

    def _accept(self):
        while True:
            try:
                c, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(c,), daemon=True).start()

    def _answer(self, c):
        try:
            with c:
                c.settimeout(60)
                asked = b""
                while b"\r\n\r\n" not in asked:
                    more = c.recv(4096)
                    if not more:
                        return
                    asked += more
                self._serve(c, asked.split(b" ", 2)[1].decode("latin-1"))
        except OSError:
            pass  # the client went away, as it should

    def _serve(self, c, path):
        name = os.path.join(self.folder, path.lstrip("/"))
        if ".." in path or not os.path.isfile(name):
            body = None
        else:
            with open(name, "rb") as f:
                body = f.read()
        if self.attack is not None and self.on(path):
            self.struck += 1
            self.attack(c, body or b"something " * 30)
        elif body is None:
            status(404)(c, None)
        else:
            whole(c, body)
