#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# words.sh - nothing in the tree names one machine's folders or the host of a package registry:
# packages come from the system's own apt sources, whatever they are.
set -eu
. "$(dirname "$0")/lib.sh"

# The brackets keep this file from finding itself.
machine='(^|[^A-Za-z0-9_.])/(wor[k]|roo[t]|hom[e]|User[s])/'
registry='pypi[.]org|pythonhosted[.]org|npmjs[.]|crates[.]io|rubygems[.]org|golang[.]org'
registry="$registry|(deb|ftp|security|snapshot)[.]debian[.]org|debian[.]net|ubuntu[.]com"
registry="$registry|docker[.]io|ghcr[.]io|quay[.]io|conda[.]|maven[.]|nuget[.]org"

check() {
    failed=0
    report 'a folder of one machine' "$(grep_all "$machine")"
    report 'a package registry' "$(grep_all "$registry")"
    return "$failed"
}

canary() {
    trips scripts/new 'cd "/roo''t/project"' 'scripts/new:1'
    trips verifier/span.c '/* see /wor''k/x */' '/wor''k/x'
    trips scripts/new 'url = https://pypi''.org/simple' 'pypi''.org'
    trips scripts/packages 'deb http://deb.debi''an.org/debian bookworm main' 'deb.debi''an.org'
    trips scripts/new 'GOPROXY=https://proxy.golan''g.org' 'proxy.golan''g.org'
}

run "$@"
