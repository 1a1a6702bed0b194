# SPDX-License-Identifier: Apache-2.0
#
# code.awk - prints C without comments and without the contents of literals, as file:line:text.
# Lines without code are left out.
FNR == 1 { comment = 0 }
{
    out = quote = ""
    n = length($0)
    for (i = 1; i <= n; i++) {
        c = substr($0, i, 1)
        two = substr($0, i, 2)
        if (comment) {
            if (two == "*/") { comment = 0; i++ }
        } else if (quote != "") {
            if (c == "\\") i++
            else if (c == quote) { quote = ""; out = out c }
        } else if (two == "/*") {
            comment = 1; i++; out = out " "
        } else if (two == "//") {
            break
        } else {
            if (c == "\"" || c == "'") quote = c
            out = out c
        }
    }
    if (out !~ /^[ \t]*$/) print FILENAME ":" FNR ":" out
}
