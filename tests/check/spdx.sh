#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# spdx.sh - each source file says its licence in its first five lines.
set -eu
. "$(dirname "$0")/lib.sh"

check() {
    all_files | awk '
        function is_source(path, line) {
            return path ~ /\.(c|h|py|pyi|sh|go|cmake|awk)$/ || path ~ /(^|\/)CMakeLists\.txt$/ ||
                line ~ /^#!/
        }
        {
            path = $0
            found = n = source = 0
            while (n < 5 && (getline line < path) > 0) {
                if (++n == 1)
                    source = is_source(path, line)
                if (line ~ /SPDX-License-Identifier: Apache-2\.0/)
                    found = 1
            }
            close(path)
            if (source && !found) { print path ": no SPDX line"; failed = 1 }
        }
        END { exit failed }'
}

canary() {
    for file in verifier/new.c dcl/new.h scripts/new.py cli/CMakeLists.txt tests/check/new.sh; do
        rm -f "$copy/$file"
        trips "$file" "int x;" "$file: no SPDX line"
    done
    trips scripts/new '#!/bin/sh' 'scripts/new: no SPDX line'
}

run "$@"
