/* SPDX-License-Identifier: Apache-2.0
 *
 * show_crl.c - the description of a CRL: its facts and all its entries.
 */
#include "crl.h"
#include "show.h"

static bool ignore_entry(void *user, const struct vd_crl_entry *e)
{
    (void)user, (void)e;
    return true;
}

static bool show_entry(void *user, const struct vd_crl_entry *e)
{
    struct vd_doc *d = user;
    vd_doc_hex(d, NULL, e->serial);
    return !d->out->failed;
}

/* Reads the CRL once; the reader is handed back for its facts, or NULL when it is not a CRL. */
static struct vd_crl_reader *read_crl(struct vd_span in, vd_crl_sink *sink, struct vd_doc *d)
{
    struct vd_crl_reader *r = vd_crl_start(sink, d, VD_MAX_CRL);
    enum vd_crl_state state = VD_CRL_MEMORY;

    if (r != NULL) {
        (void)vd_crl_feed(r, in);
        state = vd_crl_end(r);
    }
    d->out->failed = d->out->failed || state == VD_CRL_MEMORY;
    if (state == VD_CRL_DONE)
        return r;
    vd_crl_free(r);
    return NULL;
}

static void show_idp(struct vd_doc *d, const struct vd_crl *c)
{
    vd_doc_open(d, "issuing_distribution_point");
    vd_doc_bool(d, "critical", c->idp_critical);
    vd_doc_bool(d, "malformed", c->idp_malformed);
    vd_doc_bytes(d, "url", c->idp_uri);
    vd_doc_number(d, "urls", c->idp_uris);
    vd_doc_bool(d, "only_user_certificates", c->only_user);
    vd_doc_bool(d, "only_ca_certificates", c->only_ca);
    vd_doc_bool(d, "only_attribute_certificates", c->only_attribute);
    vd_doc_bool(d, "only_some_reasons", c->some_reasons);
    vd_doc_bool(d, "indirect", c->indirect);
    vd_doc_close(d);
}

static void show_facts(struct vd_doc *d, const struct vd_crl *c)
{
    vd_doc_number(d, "version", c->version + 1);
    vd_doc_text(d, "signature_algorithm", "%s", vd_algorithm_text(c->algorithm));
    vd_doc_name(d, "issuer", c->issuer);
    if (c->this_ok)
        vd_doc_time(d, "this_update", c->this_update);
    if (c->next_ok)
        vd_doc_time(d, "next_update", c->next_update);
    vd_doc_hex(d, "authority_key_id", c->akid);
    vd_doc_hex(d, "crl_number", c->number);
    if (c->has_idp)
        show_idp(d, c);
    vd_doc_bool(d, "delta", c->has_delta);
    vd_doc_bool(d, "unknown_critical_extension", c->unknown_critical);
    vd_doc_number(d, "entries", c->n_entries);
    vd_doc_number(d, "entries_with_certificate_issuer", c->issuer_extensions);
    vd_doc_number(d, "entries_with_bad_serial", c->bad_serials);
    vd_doc_number(d, "entries_with_bad_date", c->bad_dates);
    vd_doc_number(d, "entries_with_bad_extensions", c->bad_extensions);
}

bool vd_show_crl(struct vd_span in, struct vd_doc *d)
{
    struct vd_crl_reader *r = read_crl(in, ignore_entry, d);
    uint8_t sha256[VD_SHA256];

    if (r == NULL || !vd_show_sha256(d, in, sha256)) {
        vd_crl_free(r);
        return false;
    }
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "certificate revocation list");
    vd_doc_hex(d, "sha256", VD_SPAN(sha256));
    vd_doc_number(d, "size", in.n);
    show_facts(d, vd_crl_facts(r));
    vd_crl_free(r);
    vd_doc_open_list(d, "revoked_serials");
    vd_crl_free(read_crl(in, show_entry, d));
    vd_doc_close(d);
    vd_doc_close(d);
    return true;
}
