#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/FORMAT-documents.md, its example, the golden documents and the program say the same."""
import json
import os
import re
import subprocess
import tempfile
import unittest

import make_documents
import vdh1

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def golden(kind):
    with open(os.path.join(HERE, "vdh1." + kind), "rb") as f:
        return f.read()


def show(data):
    with tempfile.NamedTemporaryFile() as f:
        f.write(data)
        f.flush()
        done = subprocess.run([os.environ["VERIDAC"], "show", "--json", f.name],
                              capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else None


class Example(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(ROOT, "docs", "FORMAT-documents.md"), encoding="utf-8") as f:
            lines = re.findall(r"^    ([0-9a-f]{4})  ((?:[0-9a-f]{2} ?)+)$", f.read(), re.M)
        self.data = b"".join(bytes.fromhex(octets) for _, octets in lines)

    def test_is_what_the_writer_writes(self):
        self.assertEqual(self.data, make_documents.example())

    def test_is_what_the_text_says(self):
        d = vdh1.Document(self.data)
        self.assertEqual((d.kind, d.network, d.feed, d.epoch, d.number, d.created, d.expires,
                          d.signatures), (4, 2, b"test", 1, 7, make_documents.T, 0, []))

    def test_program_reads_it(self):
        code, told = show(self.data)
        self.assertEqual((code, told["kind"], told["sequence"], told["base"]),
                         (0, "index (VDH1)", 7, 5))
        self.assertEqual([(e["of"], e["from"], e["to"], e["size"], e["sha256"].lower())
                          for e in told["deltas"]],
                         [("hub", 5, 7, 7, vdh1.sha256(b"a delta").hex())])


class Golden(unittest.TestCase):
    def test_messages_are_what_the_writer_writes(self):
        """All but the signatures, which no two signers make alike; these are checked below."""
        root = vdh1.Document(golden("root"))
        keys = []
        at = 16
        for _ in range(2):
            size = int.from_bytes(root.body[at + 2:at + 4], "little")
            keys.append((vdh1.P256, root.body[at + 8:at + 8 + size]))
            at += 8 + size
        made = make_documents.documents(lambda m: m + bytes(4), keys)
        for kind in ("root", "trust", "index"):
            self.assertEqual(vdh1.Document(golden(kind)).message, vdh1.Document(made[kind]).message)
        head, again = (vdh1.Document(d) for d in (golden("head"), made["head"]))
        self.assertEqual(head.message[:64], again.message[:64])
        self.assertEqual(head.refs()[vdh1.TRUST_LIST],
                         (len(golden("trust")), vdh1.sha256(golden("trust"))))

    def test_program_reads_them(self):
        kinds = {"root": "root (VDH1)", "trust": "trust (VDH1)", "head": "head (VDH1)",
                 "index": "index (VDH1)"}
        for kind, name in kinds.items():
            code, told = show(golden(kind))
            self.assertEqual((code, told["kind"]), (0, name))
        self.assertEqual(show(golden("root"))[1]["signed_by_own_root_keys"], 2)
        states = [(c["kind"], c["state"]) for c in show(golden("trust"))[1]["certificates"]]
        self.assertEqual(states, [("PAA", "trusted"), ("PAA", "withdrawn"),
                                  ("declaration signer", "trusted")])


if __name__ == "__main__":
    unittest.main()
