/* SPDX-License-Identifier: Apache-2.0
 *
 * confirm.c - pages for open answers.
 */
#include "confirm.h"

#include <veridac/dcl.h>

static bool is_open(const veridac_answer *a)
{
    return a->status == VERIDAC_UNKNOWN && a->reason == VERIDAC_REASON_UNCONFIRMED &&
           a->bucket.n_pages > 0;
}

static bool fetch_from(struct cli_proofs *p, const char *url, const char *store,
                       const veridac_bucket *bucket)
{
    const veridac_page_options o = { .size = sizeof o, .url = url, .store = store, .bucket = bucket };
    veridac_error err = { "" };
    veridac_status st = veridac_page_fetch(&o, &p->buffers[p->n], &err);

    if (st != VERIDAC_OK) {
        cli_say("not confirmed: %s", err.text[0] ? err.text : veridac_status_text(st));
        return false;
    }
    p->v[p->n] = cli_bytes(&p->buffers[p->n]);
    p->n++;
    return true;
}

static bool fetch(struct cli_proofs *p, const struct cli_list *urls, const struct cli_list *stores,
                  const veridac_bucket *bucket)
{
    for (size_t i = 0; i < urls->n; i++) {
        if (fetch_from(p, urls->v[i], NULL, bucket))
            return true;
    }
    for (size_t i = 0; urls->n == 0 && i < stores->n; i++) {
        if (fetch_from(p, NULL, stores->v[i], bucket))
            return true;
    }
    return false;
}

bool cli_confirm(struct cli_proofs *p, const struct cli_list *urls, const struct cli_list *stores,
                 const veridac_result_view *view)
{
    const veridac_answer *const answers[] = { view->dac, view->pai };
    bool more = false;

    for (size_t i = 0; i < 2; i++) {
        if (is_open(answers[i]) && p->n < CLI_PROOFS && fetch(p, urls, stores, &answers[i]->bucket))
            more = true;
    }
    return more;
}

void cli_proofs_free(struct cli_proofs *p)
{
    for (size_t i = 0; i < p->n; i++)
        veridac_buffer_free(&p->buffers[i]);
}
