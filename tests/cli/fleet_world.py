# SPDX-License-Identifier: Apache-2.0
"""A store with a known world in it, made once for all tests of a class, and inventories of it."""
import base64
import json
import os
import shutil
import sys

from pipeline import AT, NOW, Pipeline
from support import SOURCE, Folder, run

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, "tests", "ledger"))
import der  # noqa: E402


def pem(data):
    return "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % (
        base64.encodebytes(data).decode())


class Device:
    def __init__(self, folder):
        with open(folder + "/dac.der", "rb") as f:
            self.dac = f.read()
        with open(folder + "/pai.der", "rb") as f:
            self.pai = f.read()
        self.certificate = der.Certificate(self.dac)
        self.key_id = self.certificate.authority_key_id.hex().upper()
        self.name = base64.b64encode(self.certificate.issuer).decode()
        serial = "%X" % self.certificate.serial
        self.serial = serial.zfill(len(serial) + len(serial) % 2)


class Made(Pipeline):
    def runTest(self):
        pass


class Fleet(Folder):
    """`store` is pulled; `devices` are those of the world."""

    @classmethod
    def setUpClass(cls):
        cls.made = made = Made()
        cls.addClassCleanup(made.doCleanups)
        made.setUp()
        web = made.installed()
        cls.bare = made.path("bare") # a store without the Names of issuers
        shutil.copytree(made.store, cls.bare)
        code, _, err = made.pull(web.url, "--parts", "names")
        assert code == 0, err
        cls.store = made.store
        cls.devices = {name: Device(made.path("world", "devices", name))
                       for name in sorted(os.listdir(made.path("world", "devices")))}
        cls.key, cls.public = made.key, made.key + ".pub"

    def device_args(self, name):
        """verify, with everything that this device sent."""
        return self.made.verify_args(name, "--store", self.store)

    def csv(self, rows, header="label,dac,pai", name="inventory.csv"):
        return self.write(name, header + "\n" + "".join(rows))

    def row(self, name, pai=True):
        d = self.devices[name]
        return '%s,"%s","%s"\n' % (name, pem(d.dac), pem(d.pai) if pai else "")

    def audit(self, inventory, *more, at=NOW, store=True):
        """(exit code, lines by number, summary)"""
        code, out, err = run("audit", inventory, "--network", "test", "--at", at, "--json",
                             *(["--store", self.store] if store else []), *more)
        self.assertEqual(err, "")
        lines = [json.loads(line) for line in out.splitlines()]
        summary = lines.pop()["summary"] if lines and "summary" in lines[-1] else None
        return code, {line["line"]: line for line in lines}, summary


__all__ = ["AT", "NOW", "Device", "Fleet", "pem"]
