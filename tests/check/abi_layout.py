#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""abi_layout.py - the members of the public structs in a description that abidw made.

    abi_layout.py FILE.abi      a line each: struct.member, offset in bits, type

abidiff 2.2 passes a member whose type has changed when a rule lets a struct grow at its end.
"""
import sys
import xml.etree.ElementTree as ElementTree

HANDLES = ("veridac_trust", "veridac_snapshot", "veridac_revset", "veridac_revset_crl",
           "veridac_context", "veridac_result", "veridac_server", "veridac_handle_of_the_canary")


def spelled(types, ident):
    node = types.get(ident)
    if node is None:
        return "?"
    if node.tag in ("pointer-type-def", "qualified-type-def", "array-type-def"):
        inner = spelled(types, node.get("type-id"))
        if node.tag == "pointer-type-def":
            return inner + " *"
        if node.tag == "array-type-def":
            return "%s[%s bits]" % (inner, node.get("size-in-bits"))
        return ("const " if node.get("const") == "yes" else "") + inner
    return node.get("name") or node.tag


def main():
    tree = ElementTree.parse(sys.argv[1])
    types = {node.get("id"): node for node in tree.iter() if node.get("id")}
    lines = set()
    for struct in tree.iter("class-decl"):
        name = struct.get("name") or ""
        if not name.startswith("veridac_") or name in HANDLES:
            continue
        for member in struct.iter("data-member"):
            variable = member.find("var-decl")
            lines.add("%s.%s %s %s" % (name, variable.get("name"),
                                       member.get("layout-offset-in-bits"),
                                       spelled(types, variable.get("type-id"))))
    print("\n".join(sorted(lines)))


if __name__ == "__main__":
    main()
