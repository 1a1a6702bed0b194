/* SPDX-License-Identifier: Apache-2.0
 *
 * test_alloc_lists.c - each allocation fails in turn (alloc.h) while a node's answers are read: a record that
 * there was no memory for is neither broken nor over a ceiling, and no root is less revoked for it.
 */
#include "alloc.h"
#include "ledger.h"
#include "limits.h"

#define ID(subject, key) "\"subject\":\"" subject "\",\"subjectKeyId\":\"" key "\""
#define ROOT ID("MAox", "6A:FD")
#define OTHER ID("MAoy", "6A:FE")
#define PEM "-----BEGIN CERTIFICATE-----\\nMAMCAQE=\\n-----END CERTIFICATE-----\\n"
#define CERTIFICATE(id) "{" id ",\"pemCert\":\"" PEM "\",\"isRoot\":true,\"serialNumber\":\"1\"}"
#define GROUP(id) "{" id ",\"certs\":[" CERTIFICATE(id) "]}"
#define POINT(label)                                                                                        \
    "{\"vid\":65521,\"pid\":0,\"isPAA\":true,\"label\":\"" label "\",\"crlSignerCertificate\":\"MA==\"," \
    "\"issuerSubjectKeyID\":\"6AFD22771F511FECBF1641976710DCDC31A1717E\","                                  \
    "\"dataURL\":\"https://crl.example/" label "\",\"dataFileSize\":\"0\",\"dataDigest\":\"\","               \
    "\"dataDigestType\":0,\"revocationType\":1}"

static veridac_status take(struct vd_lists *l, vd_take_item *how, const char *text)
{
    struct vd_json *doc = NULL;
    const char *wrong = vd_json_read(vd_span_str(text), &doc, NULL);
    veridac_status st = wrong == NULL ? how(l, vd_json_root(doc)) : VERIDAC_NO_MEMORY;
    if (wrong != NULL && wrong != vd_json_no_memory)
        fail_msg("%s: %s", wrong, text);
    vd_json_free(doc);
    return st;
}

/* Two roots, one of which only the list of ids calls revoked, and two points. */
static veridac_status lists_of_a_node(veridac_buffer *ret)
{
    static const struct {
        vd_take_item *how;
        const char *text;
    } items[] = {
        { vd_lists_root, "{" ROOT "}" },     { vd_lists_root, "{" OTHER "}" },
        { vd_lists_group, GROUP(ROOT) },     { vd_lists_group, GROUP(OTHER) },
        { vd_lists_point, POINT("one") },    { vd_lists_point, POINT("two") },
        { vd_lists_signer, "{" OTHER "}" },  { vd_lists_revoked_root, "{" ROOT "}" },
        { vd_lists_revoked_group, GROUP(ID("MAoz", "6A:FF")) },
    };
    struct vd_lists l = { .n_points = 0 };
    struct vd_buf text = VD_BUF(1024);
    veridac_status st = VERIDAC_OK;
    size_t without = 0;

    for (size_t i = 0; st == VERIDAC_OK && i < sizeof items / sizeof items[0]; i++)
        st = take(&l, items[i].how, items[i].text);
    if (st == VERIDAC_OK)
        st = vd_lists_settle(&l, &without);
    fault.on = false;
    if (st == VERIDAC_OK) {
        (void)vd_buf_fmt(&text, "%zu points, %u broken, %zu without, %u revoked alone:", l.n_points, l.n_broken,
                         without, l.n_revoked_alone);
        for (size_t i = 0; i < l.n_certificates; i++)
            (void)vd_buf_fmt(&text, " %u", l.certificates[i].as);
        assert_true(vd_buf_u8(&text, 0));
        assert_string_equal((const char *)text.p, "2 points, 0 broken, 0 without, 1 revoked alone: 9 1 8");
        *ret = (veridac_buffer){ text.p, text.n };
    }
    vd_lists_free(&l);
    return st;
}

static void memory(void **state)
{
    static const struct call all = { "lists of a node", lists_of_a_node };
    (void)state;
    fault.at = SIZE_MAX; /* the first runs fail nothing */
    assert_true(sweep(&all) > 30);
}

/* ---- questions behind the lists ---- */

static struct vd_http_request asked;

veridac_status __wrap_vd_http_add(struct vd_http *h, const struct vd_http_request *request);
veridac_status __wrap_vd_http_add(struct vd_http *h, const struct vd_http_request *request)
{
    (void)h;
    asked = *request;
    return VERIDAC_OK;
}

/* The answer to a question that cannot be kept is not taken, and the run goes on without it. */
static void no_room_for_an_answer(void **state)
{
    static char path[] = "/dcl/pki/revocation-points/6AFD22771F511FECBF1641976710DCDC31A1717E";
    static const char answer[] =
        "{\"pkiRevocationDistributionPointsByIssuerSubjectKeyID\":{\"issuerSubjectKeyID\":"
        "\"6AFD22771F511FECBF1641976710DCDC31A1717E\",\"points\":[" POINT("one") "]}}";
    (void)state;
    for (int full = 0; full < 2; full++) {
        struct vd_ledger l = { .url = "https://node.example" };
        struct vd_question q = { .path = path, .which = VD_ANSWER_POINTS_OF, .take = vd_lists_point };
        struct vd_http_answer a = { .status = 200, .body = VD_BUF(4096) };

        assert_int_equal(vd_spool_make(&l.spool), VERIDAC_OK);
        if (full != 0)
            l.n_fetches = l.cap_fetches = (size_t)VD_MAX_PAGES * VD_LEDGER_LISTS;
        assert_true(vd_buf_str(&a.body, answer));
        assert_int_equal(vd_ledger_ask(&l, &q), VERIDAC_OK);
        assert_int_equal(asked.done(asked.user, &a), VERIDAC_OK);
        assert_int_equal(q.answered, full == 0);
        assert_int_equal(l.lists.n_points, full == 0 ? 1 : 0);
        assert_false(l.failed);
        if (full != 0)
            l.n_fetches = 0;
        vd_buf_free(&a.body);
        vd_spool_free(l.spool);
        vd_ledger_free(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(memory), cmocka_unit_test(no_room_for_an_answer) };
    return alloc_main(tests, 2, NULL, NULL);
}
