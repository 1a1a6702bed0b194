# SPDX-License-Identifier: Apache-2.0
"""support.py - where the test data is, and the cases that are shared with C and Go."""
import os

import veridac

GOLDEN = os.environ["VERIDAC_GOLDEN"]          # tests/golden
CASES = os.environ["VERIDAC_CASES"]            # folders made by veridac-testpki
CASES_JSON = os.environ["VERIDAC_CASES_JSON"]  # what run_cases says of each

EVIDENCE = 1790000000  # of the golden bundles
TEST = veridac.Network.TEST
STANDARD = veridac.Policy(veridac.Preset.STANDARD, TEST)


def golden(kind="full", **options):
    return veridac.Snapshot.from_file(os.path.join(GOLDEN, "vdb1-%s.bundle" % kind), **options)


def issuer(k):
    """Name and key id of issuer k of the golden bundles."""
    return b"golden %d" % k, bytes([k] * 20)


def read(*parts):
    try:
        with open(os.path.join(*parts), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


class Case:
    """One folder of the test PKI: a device, what it is judged with, and what must come out."""

    def __init__(self, name):
        self.folder = os.path.join(CASES, name)
        lines = read(self.folder, "case.txt").decode().splitlines()
        self.told = dict(line.split(":", 1) for line in lines if ":" in line)
        self.told = {key: value.strip() for key, value in self.told.items()}

    def number(self, key):
        return int(self.told[key]) if int(self.told.get(key, "-1")) >= 0 else None

    def octets(self, key):
        return bytes.fromhex(self.told[key]) if key in self.told else None

    def network(self):
        return veridac.Network.MAIN if self.told["network"] == "main" else TEST

    def policy(self):
        return veridac.Policy(veridac.Preset[self.told["policy"].upper()], self.network(),
                              sdk_compat=self.told["sdk-compat"] == "1")

    def device(self):
        def file(name):
            return read(self.folder, name)
        return veridac.Device(
            dac=file("dac.der"), pai=file("pai.der"), elements=file("elements.bin"),
            signature=file("signature.bin"), challenge=self.octets("challenge"),
            nonce=self.octets("nonce"), vid=self.number("vid"), pid=self.number("pid"),
            nocsr=file("nocsr.bin"), nocsr_signature=file("nocsr-signature.bin"),
            csr_nonce=self.octets("csr-nonce"))

    def trust(self):
        trust = veridac.Trust()
        own = self.network()
        for folder, network, withdrawn in (
                ("trust", own, False), ("trust-main", veridac.Network.MAIN, False),
                ("trust-test", TEST, False), ("withdrawn", own, True)):
            self.load(folder, lambda data, n=network, w=withdrawn:
                      trust.add_paa(data, n, withdrawn=w))
        for folder, network in (("cd-signers", own), ("cd-signers-main", veridac.Network.MAIN),
                                ("cd-signers-test", TEST)):
            self.load(folder, lambda data, n=network: trust.add_cd_signer(data, n))
        return trust

    def load(self, folder, add):
        path = os.path.join(self.folder, folder)
        for name in sorted(os.listdir(path)) if os.path.isdir(path) else ():
            try:
                add(read(path, name))
            except veridac.DataError:
                pass  # a case may have a certificate that is refused

    def judge(self):
        verifier = veridac.Verifier(self.trust(), [], self.policy())
        return verifier.verify(self.device(), at=self.number("at") or 0)
