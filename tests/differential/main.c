/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c - veridac-differential: the command line.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert_compare.h"
#include "die.h"

#define DEFAULT_SEED "veridac"

static const char usage[] =
    "veridac-differential certificates|crls|cms [OPTION...]\n"
    "  --cases N          how many (default 2000)\n"
    "  --seed TEXT        other keys, other choices (default \"" DEFAULT_SEED "\")\n"
    "  --jobs N           processes (default 1)\n"
    "  --explained FILE   the list of explained disagreements\n"
    "  --full             also: each operator accepted and refused in 1 % or more of its cases,\n"
    "                     and no explanation that is never needed\n"
    "  --blind PATTERN    as if neither side gave reasons like this: the run has to fail\n"
    "  --export           only write the cases to stdout, for another judge (export.h)\n"
    "  --case N           only this case: both views of it\n"
    "  --keep FOLDER      with --case: write its files there\n";

static uint64_t number(const char *option, const char *text)
{
    char *end;
    unsigned long long n = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != 0)
        die(DIE_USAGE, "%s \"%s\" is not a number", option, text);
    return n;
}

static void take(struct run *run, const char *option, const char *value)
{
    if (strcmp(option, "--cases") == 0) {
        run->cases = number(option, value);
    } else if (strcmp(option, "--seed") == 0) {
        run->seed = value;
    } else if (strcmp(option, "--jobs") == 0) {
        run->jobs = (unsigned)number(option, value);
    } else if (strcmp(option, "--explained") == 0) {
        run->explained = value;
    } else if (strcmp(option, "--blind") == 0) {
        run->blind = value;
    } else if (strcmp(option, "--keep") == 0) {
        run->folder = value;
    } else if (strcmp(option, "--case") == 0) {
        run->one = true;
        run->cases = number(option, value);
    } else {
        die(DIE_USAGE, "unknown option %s", option);
    }
}

static bool family(const char *name, struct comparison *ret)
{
    const struct comparison all[] = { cert_comparison(), crl_comparison(), cms_comparison() };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i].name, name) == 0) {
            *ret = all[i];
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    struct run run = { .seed = DEFAULT_SEED, .cases = 2000, .jobs = 1 };
    struct comparison c;

    if (argc < 2 || !family(argv[1], &c)) {
        (void)fputs(usage, stderr);
        return DIE_USAGE;
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--full") == 0 || strcmp(argv[i], "--export") == 0) {
            *(argv[i][2] == 'f' ? &run.full : &run.export) = true;
            continue;
        }
        if (i + 1 == argc)
            die(DIE_USAGE, "%s needs a value", argv[i]);
        take(&run, argv[i], argv[i + 1]);
        i++;
    }
    if (run.jobs < 1 || run.jobs > 64)
        die(DIE_USAGE, "--jobs must be 1 to 64");
    if (!run.one && !run.export && run.explained == NULL)
        die(DIE_USAGE, "--explained is needed");
    return compare(&c, &run);
}
