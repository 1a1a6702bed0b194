#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# docs.sh - man pages and shell completion, out of what the program says of itself.
#
#   docs.sh PROGRAM FOLDER VERSION    writes FOLDER/veridac*.1 and FOLDER/veridac (for bash)
set -eu
program=$1 folder=$2 version=$3
mkdir -p "$folder"
rm -f "$folder"/veridac*

# the rows of the overview: "  name   what"
commands=$("$program" --help | sed -n 's/^  \([a-z][a-z]*\)  *\(.*\)$/\1/p')

escape() {
    sed 's/\\/\\e/g; s/-/\\-/g; s/^\([.'"'"']\)/\\\&\1/'
}

head_of() {
    # name, what
    printf '.TH %s 1 "" "veridac %s" "veridac"\n.SH NAME\n%s \\- %s\n' \
        "$(echo "$1" | tr '[:lower:]' '[:upper:]')" "$version" "$(echo "$1" | escape)" \
        "$(echo "$2" | escape)"
}

# "usage: ..." -> a synopsis; "  --name ARG   text" -> an option; the rest as it stands
body() {
    escape | awk '
        /^usage: / { sub(/^usage: /, ""); print ".SH SYNOPSIS\n.B " $0; next }
        /^  \\-/ {
            if (!options++) print ".SH OPTIONS"
            name = $0; sub(/^  /, "", name); sub(/  +.*$/, "", name)
            text = $0; if (!sub(/^  [^ ]+( [^ ]+)*  +/, "", text)) text = ""
            print ".TP\n.B " name; if (text != "") print text
            next
        }
        /^$/ { if (after) print ".PP"; next }
        { if (!described++) print ".SH DESCRIPTION"; sub(/^ +/, ""); print; if (options) after = 1; else print ".br" }'
}

page() {
    name=$1
    shift
    what=$("$program" "$@" --help | sed -n '/^usage/d; /^$/d; s/^  *//; p; q')
    {
        head_of "$name" "$what"
        "$program" "$@" --help | body
        # a command with commands of its own: "  veridac root init    what"
        for sub in $("$program" "$@" --help | sed -n "s/^  veridac $1 \([a-z][a-z]*\) .*/\1/p"); do
            printf '.SH %s\n' "$(echo "veridac $1 $sub" | tr '[:lower:]' '[:upper:]')"
            "$program" "$1" "$sub" --help | body | sed 's/^\.SH SYNOPSIS$/.PP/; s/^\.SH DESCRIPTION$/.PP/; s/^\.SH OPTIONS$/.PP/'
        done
        printf '.SH SEE ALSO\n.BR veridac (1)\n'
    } >"$folder/$name.1"
}

for command in $commands; do
    page "veridac-$command" "$command"
done
{
    head_of veridac "is this Matter device genuine, and has its certificate been revoked?"
    printf '.SH SYNOPSIS\n.B veridac\nCOMMAND [OPTIONS]\n.SH COMMANDS\n'
    "$program" --help | sed -n 's/^  \([a-z][a-z]*\)  *\(.*\)$/.TP\n.BR veridac\\-\1 (1)\n\2/p'
    printf '.SH EXIT STATUS\n'
    "$program" --help | sed -n '/^Exit codes/,$p' | escape
    printf '.SH SEE ALSO\nFormats and the ways of publishing: FORMAT.md, publishing.md in the documentation.\n'
} >"$folder/veridac.1"

# ---- completion ----

options_of() {
    "$program" "$@" --help | grep -o -- '^  --[a-z-]*' | tr -d ' ' | tr '\n' ' '
}
{
    echo '# SPDX-License-Identifier: Apache-2.0'
    echo '# bash completion for veridac'
    echo '_veridac()'
    echo '{'
    echo '    local word=${COMP_WORDS[COMP_CWORD]} words='
    echo '    case "$COMP_CWORD:${COMP_WORDS[1]}:${COMP_WORDS[2]}" in'
    echo "    1:*) words='$(echo $commands) --help --version' ;;"
    for command in $commands; do
        subs=$("$program" "$command" --help | sed -n "s/^  veridac $command \([a-z][a-z]*\) .*/\1/p")
        [ -z "$subs" ] || echo "    2:$command:*) words='$(echo $subs) --help' ;;"
        for sub in $subs; do
            echo "    *:$command:$sub) words='$(options_of "$command" "$sub")--help' ;;"
        done
        echo "    *:$command:*) words='$(options_of "$command")--help' ;;"
    done
    echo '    esac'
    echo '    if [[ $word == -* || $COMP_CWORD == 1 || $words != -* ]]; then'
    echo '        COMPREPLY=($(compgen -W "$words" -- "$word"))'
    echo '    fi'
    echo '}'
    echo 'complete -o default -F _veridac veridac'
} >"$folder/veridac"
