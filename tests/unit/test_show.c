/* SPDX-License-Identifier: Apache-2.0
 *
 * test_show.c - what a description of each kind has in it: every member, in its place.
 *
 * The values are somebody else's to check; here a text stands as s, a number as n, a bool as b.
 */
#include "show.h"
#include "unit.h"
#include "world.h"

/* ---- JSON without its values ---- */

static struct vd_buf shape(struct vd_span json)
{
    struct vd_buf out = VD_BUF(1u << 16);
    for (size_t i = 0; i < json.n;) {
        const uint8_t c = json.p[i++];
        const size_t from = i;
        if (c == '"') {
            for (; json.p[i] != '"'; i++)
                i += json.p[i] == '\\';
            if (json.p[i + 1] == ':')
                (void)vd_buf_put(&out, (struct vd_span){ json.p + from, i - from });
            else
                (void)vd_buf_u8(&out, 's');
            i++;
        } else if (c == 't' || c == 'f') {
            (void)vd_buf_u8(&out, 'b');
            i += c == 't' ? 3 : 4;
        } else if (c >= '0' && c <= '9') {
            (void)vd_buf_u8(&out, 'n');
            while (json.p[i] >= '0' && json.p[i] <= '9')
                i++;
        } else if (c != '\n') {
            (void)vd_buf_u8(&out, c);
        }
    }
    assert_true(vd_buf_u8(&out, 0));
    return out;
}

/* The whole of it, and the value of one member. */
static void expect(const char *what, struct vd_span in, const char *want, const char *value)
{
    struct vd_buf json = VD_BUF(1u << 16), got;
    ROW_TRUE(what, vd_show(in, true, false, &json));
    got = shape(vd_buf_span(&json));
    if (strcmp((const char *)got.p, want) != 0)
        fail_msg("%s: %s", what, (const char *)got.p);
    if (value != NULL) {
        assert_true(vd_buf_u8(&json, 0));
        ROW_TRUE(what, strstr((const char *)json.p, value) != NULL);
    }
    vd_buf_free(&got);
    vd_buf_free(&json);
}

/* ---- the kinds ---- */

static struct vd_buf wrapped(uint8_t tag, struct vd_buf content)
{
    struct vd_buf out = VD_BUF(4096);
    (void)vd_buf_u8(&out, tag);
    if (content.n >= 128)
        (void)vd_buf_u8(&out, 0x81);
    assert_true(vd_buf_u8(&out, (uint8_t)content.n) && vd_buf_put(&out, vd_buf_span(&content)));
    vd_buf_free(&content);
    return out;
}

#define NAME "300C310A300806035504030C0141 "
#define SIGNATURE "300A06082A8648CE3D040302 030900 3006020101020101 "

static struct vd_buf signed_der(struct vd_buf body)
{
    struct vd_buf inner = wrapped(0x30, body), tail = unhex(SIGNATURE);
    assert_true(vd_buf_put(&inner, vd_buf_span(&tail)));
    vd_buf_free(&tail);
    return wrapped(0x30, inner);
}

static void certificate(void **state)
{
    struct vd_buf dac = world_file("devices/genuine", "dac.der");
    (void)state;
    expect("DAC", vd_buf_span(&dac),
           "{kind:s,role:s,sha256:s,size:n,version:n,serial:s,signature_algorithm:s,issuer:s,subject:s,vendor_id:s,"
           "product_id:s,not_before:s,not_after:s,key:s,public_key:s,subject_key_id:s,authority_key_id:s,ca:b,"
           "key_usage:[s],extensions:[{name:s,critical:b,value:s},{name:s,critical:b,value:s},"
           "{name:s,critical:b,value:s},{name:s,critical:b,value:s}],signature:s,findings:[]}",
           "\"key_usage\":[\"digitalSignature\"]");
    vd_buf_free(&dac);
}

#define CRL_HEAD "{kind:s,sha256:s,size:n,version:n,signature_algorithm:s,issuer:s,this_update:s,next_update:s," \
                 "authority_key_id:s,crl_number:s,"
#define CRL_TAIL "delta:b,unknown_critical_extension:b,entries:n,entries_with_certificate_issuer:n," \
                 "entries_with_bad_serial:n,entries_with_bad_date:n,entries_with_bad_extensions:n,revoked_serials:[]}"

static void crl(void **state)
{
    /* a number, and a distribution point that says only that the CRL is indirect */
    struct vd_buf plain = signed_der(unhex("020101 300A06082A8648CE3D040302 " NAME
                                           "170D3236303130313030303030305A 170D3237303130313030303030305A "
                                           "A00E 300C 300A0603551D14 0403 020101"));
    struct vd_buf indirect = signed_der(unhex("020101 300A06082A8648CE3D040302 " NAME
                                              "170D3236303130313030303030305A 170D3237303130313030303030305A "
                                              "A01F 301D 300A0603551D14 0403 020101 "
                                              "300F0603551D1C 0101FF 0405 3003 8401FF"));
    (void)state;
    expect("CRL", vd_buf_span(&plain), CRL_HEAD CRL_TAIL, NULL);
    expect("indirect CRL", vd_buf_span(&indirect),
           CRL_HEAD "issuing_distribution_point:{critical:b,malformed:b,url:s,urls:n,only_user_certificates:b,"
                    "only_ca_certificates:b,only_attribute_certificates:b,only_some_reasons:b,indirect:b}," CRL_TAIL,
           "\"only_some_reasons\":false,\"indirect\":true");
    vd_buf_free(&plain);
    vd_buf_free(&indirect);
}

#define REQUEST "size:n,version:n,subject:s,key:s,public_key:s,attributes:b,signature_algorithm:s,signature:s"
#define ONE_FINDING "findings:[{id:s,severity:s,clause:s,subject:s,field:s,rule:s,found:s,wanted:s}]}"

static void request(void **state)
{
    struct vd_buf csr = signed_der(unhex("020100 " NAME
                                         "3019301306072A8648CE3D020106082A8648CE3D030107 0302 0004 A000"));
    struct vd_buf body = unhex("15 3001"), tail = unhex("300201 22 300501 55 18");
    (void)state;
    expect("request", vd_buf_span(&csr), "{kind:s," REQUEST "," ONE_FINDING, "\"subject\":\"CN=A\"");
    assert_true(vd_buf_u8(&body, (uint8_t)csr.n) && vd_buf_put(&body, vd_buf_span(&csr)) &&
                vd_buf_put(&body, vd_buf_span(&tail)));
    expect("NOCSR elements", vd_buf_span(&body),
           "{kind:s,size:n,csr_nonce:s,vendor_reserved:[{tag:n,value:s}],csr:{" REQUEST "}," ONE_FINDING,
           "\"vendor_reserved\":[{\"tag\":5,\"value\":\"55\"}]");
    vd_buf_free(&csr);
    vd_buf_free(&body);
    vd_buf_free(&tail);
}

#define FRAME "{kind:s,network:s,feed:s,epoch:n,"
#define SIGNATURES "signatures:[{algorithm:s,key:s},{algorithm:s,key:s}]}"

static void documents(void **state)
{
    static const struct {
        const char *file, *want;
    } rows[] = {
        { "vdh1.root", FRAME "version:n,created:s,expires:s,sha256:s,head_keys_until:s,root_threshold:n,"
                       "trust_threshold:n,head_threshold:n,keys:[{algorithm:s,key:s,roles:s,public:s},"
                       "{algorithm:s,key:s,roles:s,public:s}],signed_by_own_root_keys:n," SIGNATURES },
        { "vdh1.trust", FRAME "version:n,created:s,expires:s,sha256:s,certificates:[{kind:s,state:s,sha256:s},"
                        "{kind:s,state:s,sha256:s},{kind:s,state:s,sha256:s}]," SIGNATURES },
        { "vdh1.head", FRAME "sequence:n,created:s,expires:s,sha256:s,next_publish:s,root_version:n,"
                       "trust_version:n,files:[{name:s,size:n,sha256:s},{name:s,size:n,sha256:s},"
                       "{name:s,size:n,sha256:s},{name:s,size:n,sha256:s}]," SIGNATURES },
        { "vdh1.index", FRAME "sequence:n,created:s,sha256:s,base:n,deltas:[{of:s,from:n,to:n,size:n,sha256:s},"
                        "{of:s,from:n,to:n,size:n,sha256:s},{of:s,from:n,to:n,size:n,sha256:s}]}" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf in = made_file(GOLDEN, rows[i].file);
        expect(rows[i].file, vd_buf_span(&in), rows[i].want, NULL);
        vd_buf_free(&in);
    }
}

/* Its lists are as long as it is; what stands before them is said here. */
static void bundle(void **state)
{
    static const char want[] = "{kind:s,contents:s,network:s,sha256:s,size:n,evidence_time:s,base:b,issuers:n,"
                               "revoked:n,codes_checked:b,sections:[{name:s,type:n,offset:n,size:n,sha256:s},";
    struct vd_buf in = made_file(GOLDEN, "vdb1-parts.bundle"), json = VD_BUF(1u << 16), got;
    (void)state;
    assert_true(vd_show(vd_buf_span(&in), true, false, &json));
    got = shape(vd_buf_span(&json));
    if (strncmp((const char *)got.p, want, sizeof want - 1) != 0)
        fail_msg("%s", (const char *)got.p);
    vd_buf_free(&got);
    vd_buf_free(&json);
    vd_buf_free(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(certificate), cmocka_unit_test(crl),
                                        cmocka_unit_test(request), cmocka_unit_test(documents),
                                        cmocka_unit_test(bundle) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
