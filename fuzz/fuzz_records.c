/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_records.c - the ledger's answers, every endpoint family, and the loaders over them.
 *
 * Reaches: vd_answer_read vd_answer_node vd_answer_block vd_record_point vd_record_group
 *          vd_record_certificate vd_record_compliance vd_record_model vd_record_model_state
 *          vd_record_pagination vd_record_error veridac_points_load veridac_compliance_load
 *          veridac_listed_load
 * Properties: what a point borrows lies in its buffer; reading twice gives the same; a record that is
 * read has the numbers that its type allows; a set without CRLs covers nobody.
 */
#include <string.h>
#include <veridac/dcl.h>

#include "answers.h"
#include "fuzz.h"
#include "limits.h"
#include "records.h"

static void inside(const struct vd_buf *text, veridac_bytes part)
{
    INVARIANT(part.size == 0 ||
              (part.data >= text->p && part.data + part.size <= text->p + text->n));
}

static void read_point(struct vd_json_value v)
{
    struct vd_buf text = VD_BUF(VD_MAX_INPUT * 4), again = VD_BUF(VD_MAX_INPUT * 4);
    veridac_point p, q;
    const char *wrong = vd_record_point(v, &text, &p);
    INVARIANT((wrong == NULL) == (vd_record_point(v, &again, &q) == NULL));
    if (wrong == NULL) {
        inside(&text, p.label);
        inside(&text, p.url);
        inside(&text, p.issuer_key_id);
        inside(&text, p.signer);
        inside(&text, p.delegator);
        INVARIANT(p.vid > 0 && p.vid <= 0xFFFF && p.pid >= 0 && p.pid <= 0xFFFF);
        INVARIANT(p.vid == q.vid && p.label.size == q.label.size && p.url.size == q.url.size);
        INVARIANT(memchr(p.url.data, 0, p.url.size) == NULL);
    }
    vd_buf_free(&text);
    vd_buf_free(&again);
}

static void read_certificates(struct vd_json_value v)
{
    struct vd_record_group group;
    struct vd_json_value item;
    if (vd_record_group(v, &group) != NULL)
        return;
    for (item = vd_json_first(group.certificates); vd_json_present(item);
         item = vd_json_next(item)) {
        struct vd_buf pem = VD_BUF(VD_MAX_INPUT * 2);
        struct vd_record_certificate c;
        if (vd_record_certificate(item, &c, &pem) == NULL)
            INVARIANT(pem.n > 0 && c.id.subject.n > 0 && c.id.key_id.n >= 2);
        vd_buf_free(&pem);
    }
}

static void read_record(struct vd_json_value v)
{
    struct vd_record_compliance compliance;
    struct vd_record_model_state state;
    struct vd_record_model model;
    read_point(v);
    read_certificates(v);
    if (vd_record_compliance(v, &compliance) == NULL && compliance.matter)
        INVARIANT(compliance.status <= 3 && compliance.vid > 0 && compliance.date >= 0);
    if (vd_record_model_state(v, &state) == NULL)
        INVARIANT(state.vid > 0);
    if (vd_record_model(v, &model) == NULL)
        INVARIANT(model.vid > 0);
}

static void read_answers(struct vd_json_value root)
{
    struct vd_buf text = VD_BUF(4096);
    struct vd_block block;
    struct vd_json_value v;
    uint64_t n;
    for (enum vd_answer w = VD_ANSWER_ROOTS; w <= VD_ANSWER_VERSION; w++) {
        if (vd_answer_read(root, w, &v) != NULL)
            continue;
        INVARIANT(vd_json_is_array(v) || vd_json_is_object(v));
        if (vd_json_is_object(v))
            read_record(v);
        for (v = vd_json_first(v); vd_json_present(v); v = vd_json_next(v))
            read_record(v);
    }
    (void)vd_record_error(root, &n);
    if (vd_record_pagination(root, &text, &n) == NULL)
        INVARIANT(text.n <= 1024);
    (void)vd_answer_node(root, &text);
    if (vd_answer_block(root, &text, &block) == NULL)
        INVARIANT(block.height > 0 && block.time >= 0);
    vd_buf_free(&text);
}

static void load(veridac_bytes json)
{
    const veridac_revset_options o = { .size = sizeof o, .network = VERIDAC_NETWORK_TEST,
                                       .at = 1790000000 };
    veridac_load_report report = { .size = sizeof report };
    veridac_buffer part = { NULL, 0 };
    veridac_trust *trust = NULL;
    veridac_revset *set = NULL;
    if (veridac_trust_new(&trust) == VERIDAC_OK && veridac_revset_new(trust, &o, &set) == VERIDAC_OK) {
        (void)veridac_points_load(set, json, &report, NULL);
        (void)veridac_listed_load(set, json, &report, NULL);
    }
    if (veridac_compliance_load(json, VERIDAC_NETWORK_TEST, &part, &report, NULL) == VERIDAC_OK)
        INVARIANT(part.size >= 16);
    veridac_buffer_free(&part);
    veridac_revset_free(set);
    veridac_trust_free(trust);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vd_json *doc = NULL;
    if (vd_json_read((struct vd_span){ data, size }, &doc, NULL) == NULL)
        read_answers(vd_json_root(doc));
    vd_json_free(doc);
    load((veridac_bytes){ data, size });
    return 0;
}
