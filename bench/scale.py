#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scale.py - the figures of docs/scale.md: formulas over what bench/run measured (bench/results.json).

    bench/scale.py [--check] [ROOT]

m("ID") in a formula is the figure of that row, in the unit that the row has.
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import results  # noqa: E402
import rows  # noqa: E402
import table  # noqa: E402
import written  # noqa: E402

SCRIPT = "bench/scale.py"

# Assumed, not measured.
ASSUMED = [
    ("devices", 1e9, "devices in use"),
    ("revoked", 1e8, "revoked certificates among those ever made"),
    ("issuers", 3e4, "CAs that revoke; 3 333 certificates each, as in the measurements"),
    ("years", 5, "over which these revocations came"),
    ("hubs", 5e7, "hubs and controllers: one for 20 devices"),
    ("polls", 4, "times a day that a hub asks whether there is something new"),
    ("price", 0.04, "for an hour of a core, in any currency"),
    ("crl_octets", 35, "octets of an entry in a CRL (RFC 5280, serials of 16 octets)"),
]

# (title, [(name or None, what, formula, unit)]); a name can be used in later formulas.
MODEL = [
    ("Size", [
        ("hub_octets", "bundle of kind hub", 'm("size.hub.uniform") * 1e6 * revoked / 1e6', "octets"),
        ("full_octets", "bundle of kind full", 'm("size.full.uniform") * 1e6 * revoked / 1e6', "octets"),
        ("crls_octets", "the CRLs themselves", "crl_octets * revoked", "octets"),
        (None, "hub, part of the CRLs", "hub_octets / crls_octets", "times"),
    ]),
    ("Octets a day", [
        ("come", "revocations a day", "revoked / (years * 365)", "a day"),
        ("delta_key", "of a delta of kind hub, each revocation that came",
         '(m("delta.thousand.hub.uniform") - m("delta.crls.hub.uniform")) / 1000', "octets"),
        ("delta_issuer", "of it, each issuer with a new CRL", 'm("delta.crls.hub.uniform") / 300', "octets"),
        ("delta", "delta of a day, kind hub", "come * delta_key + issuers * delta_issuer", "octets"),
        ("hub_day", "a hub: one delta, a head, the other times nothing new",
         'delta + m("pull.head") + (polls - 1) * m("pull.nothing.octets")', "octets"),
        (None, "all hubs through a CDN", "hubs * hub_day / 1e12", "TB"),
        (None, "the same, each fetching the CRLs", "hubs * crls_octets / 1e12", "TB"),
        (None, "requests, all hubs", "hubs * (polls + 1) / 86400", "a second"),
        (None, "cores of `veridac serve` for the conditional ones, at the mean",
         'hubs * polls / 86400 / m("serve.rate.core")', "cores"),
    ]),
    ("A million checks", [
        (None, "revocation alone, in an open snapshot of 1 M", 'm("lookup.half") * 1e-9 * 1e6',
         "seconds of a core"),
        ("attest_s", "full attestation, nothing cached", 'm("attestation.cold") * 1e-6 * 1e6',
         "seconds of a core"),
        (None, "the same, PAI and declaration seen before", 'm("attestation.warm") * 1e-6 * 1e6',
         "seconds of a core"),
        (None, "full attestation, price", "attest_s / 3600 * price", "of the currency"),
        (None, "all devices once, revocation alone, as a fleet audit", 'devices / m("audit.rate") / 3600',
         "hours of a core"),
    ]),
    ("Memory and storage by class of hub", [
        (None, "microcontroller: code of the reader", 'm("reader.code.cortex-m4")', "octets"),
        (None, "microcontroller: stack", 'm("reader.stack.cortex-m4")', "octets"),
        (None, "microcontroller: its vendor's ten issuers, kind hub", "hub_octets * 10 / issuers", "octets"),
        (None, "hub, a feed of 1 M: on flash, kind hub", 'm("size.hub.uniform")', "MB"),
        (None, "hub, the whole model: on flash, kind hub", "hub_octets / 1e6", "MB"),
        (None, "hub: private memory of the open snapshot, mapped pages apart", 'm("open.private")', "KB"),
        (None, "gateway, the whole model: on disk, kind full", "full_octets / 1e6", "MB"),
        (None, "gateway: opening it to the first answer", 'm("open.store") / 1e3 * revoked / 1e6', "s"),
        (None, "process that verifies, with 114 PAAs", 'm("attestation.memory")', "MiB"),
    ]),
    ("Publisher", [
        (None, "reading and verifying all CRLs", 'revoked / (m("crl.speed.1000000") * 1e6)',
         "seconds of a core"),
        (None, "into a set, one thread", 'revoked / (m("crl.set") * 1e6)', "seconds of a core"),
        (None, "writing the bundle", 'revoked / (m("build.speed") * 1e6)', "seconds of a core"),
        (None, "the whole publish, from evidence on disk", 'm("publish.time") * revoked / 1e6', "s"),
        (None, "fetching nothing new: points asked in a sync of 1 000, time for all issuers",
         'm("sync.nothing.time") * issuers / 1000', "s"),
    ]),
]


class Missing(Exception):
    """A figure that was not measured."""


def measured(found):
    def m(ident):
        if ident not in found:
            raise written.Broken("bench/results.json has no row " + ident)
        if found[ident]["measured"] is None:
            raise Missing(ident)
        return found[ident]["measured"]
    return m


def lines(found):
    """(title, [(what, figure or None, unit, formula, why not)])"""
    names = {name: value for name, value, _ in ASSUMED}
    names["m"] = measured(found)
    for title, model in MODEL:
        done = []
        for name, what, formula, unit in model:
            figure, why = None, ""
            try:
                figure = eval(formula, {"__builtins__": {}}, names)  # formulas of this file
            except Missing as missing:
                why = "%s was not measured" % missing
            if name is not None and figure is not None:
                names[name] = figure
            done.append((name, what, figure, unit, formula, why))
        yield title, done


def text(data):
    out = ["| assumed | | |\n|---|---|---|\n"]
    out += ["| `%s` | %s | %s |\n" % (name, table.number(value), what) for name, value, what in ASSUMED]
    for title, done in lines(results.by_id(data)):
        out.append("\n### %s\n\n| what | figure | formula |\n|---|---|---|\n" % title)
        for name, what, figure, unit, formula, why in done:
            out.append("| %s | %s | %s`%s` |\n" % (
                what, why or "%s %s" % (table.number(figure), unit), "" if name is None else "`%s` = " % name,
                formula))
    return "".join(out)


def write(root, check):
    written.put(os.path.join(root, "docs", "scale.md"), SCRIPT, text(results.load(root)), check)


def main():
    words = [w for w in sys.argv[1:] if w != "--check"]
    try:
        write(words[0] if words else rows.TOP, "--check" in sys.argv)
    except written.Broken as broken:
        print(broken)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
