# SPDX-License-Identifier: Apache-2.0
"""Servers of a folder as processes of their own, on loopback: veridac serve, and nginx."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

from support import PROGRAM  # noqa: E402

NOBODY = 65534


def as_nobody():
    """Words before a command that make it another user than root; None when there are none."""
    if os.geteuid() != 0:
        return []
    for words in (["setpriv", "--reuid=%d" % NOBODY, "--regid=%d" % NOBODY, "--clear-groups"],
                  ["unshare", "-U", "--map-user=%d" % NOBODY, "--map-group=%d" % NOBODY]):
        try:
            if subprocess.run([*words, PROGRAM, "--help"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0:
                return words
        except FileNotFoundError:
            pass
    return None


def readable(folder):
    """What another user has to be able to do with a folder of ours."""
    for at, _, _ in os.walk(folder):
        os.chmod(at, 0o755)
    while folder.startswith("/tmp/") and folder != "/tmp":
        os.chmod(folder, 0o755)
        folder = os.path.dirname(folder)


class Serve:
    def __init__(self, folder, *more):
        readable(folder)
        self.process = subprocess.Popen([*as_nobody(), PROGRAM, "serve", folder, *more],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.url = self.process.stdout.readline().decode().strip()
        if not self.url:
            raise RuntimeError("serve: " + self.close()[1])
        self.port = int(self.url.rsplit(":", 1)[1])

    def close(self, how=signal.SIGTERM):
        """Exit code and standard error."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            _, err = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode, err.decode()

    def rss(self):
        """KiB of memory that it holds."""
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))


NGINX = """
daemon off; master_process off; worker_processes 1; pid %(run)s/pid; error_log %(run)s/error;
events { worker_connections 64; }
http {
    access_log off; default_type application/octet-stream; gzip_static on;
    client_body_temp_path %(run)s/a; proxy_temp_path %(run)s/b; fastcgi_temp_path %(run)s/c;
    uwsgi_temp_path %(run)s/d; scgi_temp_path %(run)s/e;
    server { listen 127.0.0.1:%(port)d; root %(folder)s; }
}
"""


class Nginx:
    """A stock nginx with the folder as its root."""

    @staticmethod
    def program():
        return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")

    def __init__(self, folder, run):
        os.makedirs(run, exist_ok=True)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        conf = os.path.join(run, "nginx.conf")
        with open(conf, "w", encoding="ascii") as f:
            f.write(NGINX % {"run": run, "port": self.port, "folder": folder})
        self.process = subprocess.Popen([self.program(), "-p", run, "-c", conf],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.url = "http://127.0.0.1:%d" % self.port
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        self.close()
        raise RuntimeError("nginx does not answer")

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=20)


class Answer:
    """An HTTP answer, taken apart by hand: the tests want to see what is on the wire."""

    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.raw = raw
        self.status = int(lines[0].split()[1]) if lines[0].startswith("HTTP/1.") else 0
        self.fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.fields[name.lower()] = value.strip()


def send(port, data, wait=10.0):
    """Everything that a server says to these bytes until it closes."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as s:
        try:
            s.sendall(data)
            while True:
                more = s.recv(65536)
                if not more:
                    break
                got += more
        except (ConnectionResetError, BrokenPipeError):
            pass
    return got


def get(port, path, *fields, method="GET"):
    lines = ["%s %s HTTP/1.1" % (method, path), "Host: x", "Connection: close", *fields, "", ""]
    return Answer(send(port, "\r\n".join(lines).encode("latin-1")))
