# SPDX-License-Identifier: Apache-2.0
#
# setup.sh - what demo.sh and test.sh share: one environment, and the packages. Sourced from the
# top of the source tree.

# The system's own tools, whatever stands first on the caller's PATH.
PATH=/usr/bin:/bin:/usr/sbin:/sbin
LC_ALL=C.UTF-8
export PATH LC_ALL
unset CC CXX CPP CFLAGS CXXFLAGS CPPFLAGS LDFLAGS PKG_CONFIG_PATH CMAKE_PREFIX_PATH \
    CMAKE_GENERATOR CMAKE_BUILD_TYPE LD_LIBRARY_PATH LD_PRELOAD PYTHONPATH PYTHONHOME

jobs=$(nproc)

say() {
    printf '%s\n' "$*"
}

die() {
    say "$0: $*" >&2
    exit 1
}

# need WHO YES: installs what scripts/packages lists for WHO (demo or test) and is missing. Asks on
# a terminal unless YES is 1; without a terminal it installs only when YES or CI is 1.
need() {
    packages=$(awk -v who="$1" '$1 == who || $1 == "both" { printf " %s", $2 }' scripts/packages)
    say "Debian packages needed:$packages"
    if ! command -v dpkg-query >/dev/null; then
        say "This is not Debian: please see to their equivalents. Going on."
        return 0
    fi
    missing=
    for package in $packages; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            missing="$missing $package"
    done
    if [ -z "$missing" ]; then
        say "All of them are here."
        return 0
    fi
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=sudo
    command="${as_root:+sudo }apt-get install --no-install-recommends$missing"
    say "Missing:$missing"
    if [ "$2" -ne 1 ] && [ "${CI-}" != 1 ]; then
        [ -t 0 ] || die "please run: $command"
        printf 'Run "%s" now? [y/N] ' "$command"
        read -r answer || answer=
        case $answer in
        y | Y | yes) ;;
        *) die "please run: $command" ;;
        esac
    fi
    [ -z "$as_root" ] || command -v sudo >/dev/null || die "needs root or sudo for: $command"
    # not quoted: an optional word, and a list
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $missing
}
