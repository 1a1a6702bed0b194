#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""verify --confirm with a store alone: its head names the full bundle, its last pull the mirror."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

from pipeline import NOW, Pipeline  # noqa: E402
from servers import Nginx  # noqa: E402
from support import main, run  # noqa: E402


class Confirm(Pipeline):
    def setUp(self):
        super().setUp()
        # so many revocations that a hub has a filter, and the full bundle pages, for this issuer
        crl = "pai-partitioned-2"
        with open(os.path.join(self.world_at(1790000000, "--flood", crl), "crl", crl + ".crl"), "rb") as f:
            self.serve(crl + ".crl", f.read())
        self.assertEqual(self.sync()[0], 0)
        self.assertEqual(self.publish()[0], 0)
        self.nginx = Nginx(self.repo, self.path("nginx"))
        self.addCleanup(self.nginx.close)
        self.assertEqual(self.pull(self.nginx.url, "--tier", "hub")[0], 0)

    def judge(self, *more):
        code, told, err = self.verify("partition-revoked", "--store", self.store, "--policy",
                                      "permissive", *more)
        return code, told["revocation"]["dac"]["status"], told["revocation"]["dac"]["reason"], err

    def test_with_a_store_alone(self):
        self.assertEqual(self.judge()[:3], (2, "unknown", "unconfirmed"))
        self.assertEqual(self.judge("--confirm")[:3], (1, "revoked", None))

    def test_the_mirror_is_gone(self):
        self.nginx.close()
        code, status, reason, err = self.judge("--confirm")
        self.assertEqual((code, status, reason), (2, "unknown", "unconfirmed"))
        self.assertIn("not confirmed: ", err)

    def test_the_mirror_has_another_bundle(self):
        bundles = os.path.join(self.repo, "s")
        for name in os.listdir(bundles):
            with open(os.path.join(bundles, name), "r+b") as f:
                os.chmod(f.name, 0o644)
                f.seek(-1, os.SEEK_END)
                f.write(b"\xaa")
                f.seek(64)
                f.write(b"\xaa" * 64)
        code, status, reason, err = self.judge("--confirm")
        self.assertEqual((code, status, reason), (2, "unknown", "unconfirmed"))
        self.assertIn("not confirmed: ", err)

    def test_a_store_that_cannot_say(self):
        os.unlink(os.path.join(self.store, "poll"))
        code, status, reason, err = self.judge("--confirm")
        self.assertEqual((code, status, reason), (2, "unknown", "unconfirmed"))
        self.assertIn("which mirror", err)
        self.assertEqual(run("verify", "--dac", self.path("key"), "--confirm", "--at", NOW)[0], 64)


if __name__ == "__main__":
    main()
