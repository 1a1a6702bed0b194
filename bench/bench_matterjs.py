#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""matter.js on the same certificates and CRLs, when it is installed (bench/peers/matterjs/install).

    bench_matterjs.py BUILD WORLD [--quick]

Its rows stand beside what veridac does with the same bytes in the same run."""
import json
import os
import subprocess
import sys
import tempfile

import rows

BUILD, WORLD = (os.path.abspath(a) for a in sys.argv[1:3])
PEER = os.path.join(rows.TOP, "bench", "peers", "matterjs")
IDS = ["matterjs.chain", "matterjs.crl", "matterjs.lookup"]


def main():
    if not os.path.isdir(os.path.join(PEER, "node_modules")):
        for name in IDS:
            rows.show(rows.not_measured(name, name, "not installed: bench/peers/matterjs/install"))
        return


main()
