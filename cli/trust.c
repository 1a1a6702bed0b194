/* SPDX-License-Identifier: Apache-2.0
 *
 * trust.c - trust anchors from files and folders.
 */
#include <string.h>

#include "cli.h"

typedef veridac_status add_fn(veridac_trust *trust, veridac_bytes in,
                              const veridac_trust_source *source, veridac_trust_report *report);

struct loading {
    veridac_trust *trust;
    veridac_trust_source source;
    add_fn *add;
    const char *what;
    bool folder;
    uint32_t accepted;
};

/* The lines of a report, each with the file's name in front. */
static void say_report(const char *file, char *text)
{
    for (char *line = strtok_r(text, "\n", &text); line != NULL; line = strtok_r(NULL, "\n", &text))
        cli_say("%s: %s", file, line);
}

static int load_file(void *user, const char *file)
{
    struct loading *l = user;
    veridac_trust_report report = { .size = sizeof report };
    veridac_buffer in = { NULL, 0 };
    veridac_status st;
    int code = cli_read(file, &in);

    if (code != 0)
        return l->folder && code == EXIT_DATA ? 0 : code;
    l->source.as_of = cli_modified(file);
    st = l->add(l->trust, cli_bytes(&in), &l->source, &report);
    veridac_buffer_free(&in);
    if (st != VERIDAC_OK && st != VERIDAC_BAD_DATA)
        return cli_fail(cli_exit_of(st), "%s: %s", file, veridac_status_text(st));
    l->accepted += report.accepted;
    if (st != VERIDAC_OK && !l->folder) {
        report.text[strcspn(report.text, "\n")] = '\0'; /* one line says enough */
        return cli_fail(EXIT_DATA, "%s: expected a %s: %s", file, l->what, report.text);
    }
    say_report(file, report.text);
    if (st != VERIDAC_OK)
        cli_say("%s: not a %s, left out", file, l->what);
    return 0;
}

static int load_all(struct loading *l, const struct cli_list *paths, add_fn *add, const char *what)
{
    int code = 0;
    l->add = add;
    l->what = what;
    l->accepted = 0;
    for (size_t i = 0; i < paths->n && code == 0; i++) {
        l->folder = cli_is_folder(paths->v[i]);
        code = l->folder ? cli_each_file(paths->v[i], load_file, l) : load_file(l, paths->v[i]);
    }
    if (code == 0 && paths->n > 0 && l->accepted == 0)
        code = cli_fail(EXIT_DATA, "%s: no usable %s in it", paths->v[0], l->what);
    return code;
}

int cli_load_trust(const struct cli_trust *from, int32_t network, veridac_trust **ret)
{
    struct loading l = { .source = { .size = sizeof l.source, .network = network } };
    int code;

    if (veridac_trust_new(&l.trust) != VERIDAC_OK)
        return cli_fail(EXIT_INTERNAL, "out of memory");
    code = load_all(&l, &from->paas, veridac_trust_add_paa, "PAA certificate");
    if (code == 0)
        code = load_all(&l, &from->signers, veridac_trust_add_cd_signer,
                        "declaration signer certificate");
    l.source.withdrawn = 1;
    if (code == 0)
        code = load_all(&l, &from->withdrawn, veridac_trust_add_paa, "PAA certificate");
    if (code != 0) {
        veridac_trust_free(l.trust);
        return code;
    }
    *ret = l.trust;
    return 0;
}

void cli_trust_free(struct cli_trust *from)
{
    cli_list_free(&from->paas);
    cli_list_free(&from->signers);
    cli_list_free(&from->withdrawn);
}
