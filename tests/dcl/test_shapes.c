/* SPDX-License-Identifier: Apache-2.0
 *
 * test_shapes.c - the answers of tests/ledger/shapes: every endpoint's records are read, and each
 * field of each record has its twins: of another type, null, and values that are one step wrong.
 */
#include "unit.h"

#include <dirent.h>

#include "answers.h"
#include "limits.h"
#include "records.h"
#include "shape.h"

enum reader { ID, GROUP, POINT, COMPLIANCE, SOFTWARE, STATE, MODEL, SHAPE_ONLY };

static const struct file {
    const char *name;
    enum vd_answer which;
    enum reader reader;
    enum vd_shape shape;
    size_t records;
} files[] = {
    { "root-certificates", VD_ANSWER_ROOTS, ID, VD_SHAPE_ID, 3 },
    { "revoked-root-certificates", VD_ANSWER_REVOKED_ROOTS, ID, VD_SHAPE_ID, 1 },
    { "revoked-root-certificates-none", VD_ANSWER_REVOKED_ROOTS, ID, VD_SHAPE_ID, 0 },
    { "certificates", VD_ANSWER_CERTIFICATES, GROUP, VD_SHAPE_GROUP, 2 },
    { "certificates-last-page", VD_ANSWER_CERTIFICATES, GROUP, VD_SHAPE_GROUP, 0 },
    { "certificates-by-key-id", VD_ANSWER_CERTIFICATES, SHAPE_ONLY, VD_SHAPE_GROUP, 1 },
    { "certificate", VD_ANSWER_CERTIFICATE, GROUP, VD_SHAPE_GROUP, 1 },
    { "certificate-renewed", VD_ANSWER_CERTIFICATE, GROUP, VD_SHAPE_GROUP, 1 },
    { "child-certificates", VD_ANSWER_CHILDREN, ID, VD_SHAPE_ID, 1 },
    { "revoked-certificates", VD_ANSWER_REVOKED, GROUP, VD_SHAPE_GROUP, 1 },
    { "revoked-certificate", VD_ANSWER_REVOKED_ONE, GROUP, VD_SHAPE_GROUP, 1 },
    { "revocation-points", VD_ANSWER_POINTS, POINT, VD_SHAPE_POINT, 3 },
    { "revocation-points-of-issuer", VD_ANSWER_POINTS_OF, POINT, VD_SHAPE_POINT, 2 },
    { "revocation-point", VD_ANSWER_POINT, POINT, VD_SHAPE_POINT, 1 },
    { "compliance-info", VD_ANSWER_COMPLIANCE, COMPLIANCE, VD_SHAPE_COMPLIANCE, 3 },
    { "compliance-info-one", VD_ANSWER_COMPLIANCE_ONE, COMPLIANCE, VD_SHAPE_COMPLIANCE, 1 },
    { "certified-models", VD_ANSWER_CERTIFIED, STATE, VD_SHAPE_MODEL_STATE, 2 },
    { "certified-model", VD_ANSWER_CERTIFIED_ONE, STATE, VD_SHAPE_MODEL_STATE, 1 },
    { "revoked-models", VD_ANSWER_REVOKED_MODELS, STATE, VD_SHAPE_MODEL_STATE, 2 },
    { "revoked-model", VD_ANSWER_REVOKED_MODEL, STATE, VD_SHAPE_MODEL_STATE, 1 },
    { "provisional-models", VD_ANSWER_PROVISIONAL, STATE, VD_SHAPE_MODEL_STATE, 2 },
    { "provisional-model", VD_ANSWER_PROVISIONAL_ONE, STATE, VD_SHAPE_MODEL_STATE, 1 },
    { "device-software-compliance", VD_ANSWER_SOFTWARE, SOFTWARE, VD_SHAPE_SOFTWARE, 1 },
    { "device-software-compliance-one", VD_ANSWER_SOFTWARE_ONE, SOFTWARE, VD_SHAPE_SOFTWARE, 1 },
    { "models", VD_ANSWER_MODELS, MODEL, VD_SHAPE_MODEL, 2 },
    { "model", VD_ANSWER_MODEL, MODEL, VD_SHAPE_MODEL, 1 },
    { "model-versions", VD_ANSWER_VERSIONS, SHAPE_ONLY, VD_SHAPE_VERSIONS, 1 },
    { "model-version", VD_ANSWER_VERSION, SHAPE_ONLY, VD_SHAPE_MODEL_VERSION, 1 },
};

/* Fields without which a record says nothing; every other one may be null or missing. */
static const char *const needed[] = {
    "subject", "subjectKeyId", "certs", "pemCert", "label", "issuerSubjectKeyID", "isPAA",
    "crlSignerCertificate", "dataURL", "vid", "pid", "softwareVersion", "certificationType",
    "cDVersionNumber", "softwareVersionCertificationStatus", "date", "cDCertificateId", "value",
    "complianceInfo", "softwareVersions",
};

static bool is_needed(struct vd_span name, enum vd_shape shape)
{
    if (vd_span_is(name, "vid") && shape == VD_SHAPE_CERTIFICATE)
        return false;
    if (vd_span_is(name, "pid") && shape == VD_SHAPE_POINT)
        return false; /* a point for all products of a vendor */
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (vd_span_is(name, needed[i]))
            return true;
    }
    return false;
}

static struct vd_buf load(const char *name)
{
    struct vd_buf out = VD_BUF(VD_MAX_JSON);
    char path[1024];
    uint8_t part[4096];
    size_t n;
    FILE *f;
    (void)snprintf(path, sizeof path, "%s/%s.json", SHAPES, name);
    f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("no %s", path);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        assert_true(vd_buf_put(&out, (struct vd_span){ part, n }));
    (void)fclose(f);
    return out;
}

/* ---- reading an answer whole ---- */

static const char *read_certificates(struct vd_json_value list)
{
    const char *wrong = NULL;
    struct vd_json_value v;
    for (v = vd_json_first(list); wrong == NULL && vd_json_present(v); v = vd_json_next(v)) {
        struct vd_buf pem = VD_BUF(VD_MAX_INPUT);
        struct vd_record_certificate r;
        wrong = vd_record_certificate(v, &r, &pem);
        vd_buf_free(&pem);
    }
    return wrong;
}

static const char *read_record(struct vd_json_value v, const struct file *f)
{
    struct vd_buf text = VD_BUF(VD_MAX_INPUT * 4);
    struct vd_record_id id;
    struct vd_record_group group;
    struct vd_record_compliance compliance;
    struct vd_record_model_state state;
    struct vd_record_model model;
    veridac_point point;
    uint32_t certified = 0;
    const char *wrong = NULL;

    switch (f->reader) {
    case ID:
        wrong = vd_record_id(v, &id);
        break;
    case GROUP:
        wrong = vd_record_group(v, &group);
        if (wrong == NULL)
            wrong = read_certificates(group.certificates);
        break;
    case POINT:
        wrong = vd_record_point(v, &text, &point);
        break;
    case COMPLIANCE:
        wrong = vd_record_compliance(v, &compliance);
        break;
    case SOFTWARE:
        wrong = vd_record_software(v, &certified);
        break;
    case STATE:
        wrong = vd_record_model_state(v, &state);
        break;
    case MODEL:
        wrong = vd_record_model(v, &model);
        break;
    case SHAPE_ONLY:
        wrong = vd_shape_check(v, f->shape);
        break;
    }
    vd_buf_free(&text);
    return wrong;
}

static const char *read_answer(struct vd_span text, const struct file *f, size_t *ret_n)
{
    struct vd_json_value v, item;
    struct vd_json *doc = NULL;
    const char *wrong = vd_json_read(text, &doc, NULL);
    size_t n = 0;

    if (wrong == NULL)
        wrong = vd_answer_read(vd_json_root(doc), f->which, &v);
    if (wrong == NULL && vd_json_is_object(v)) {
        wrong = read_record(v, f);
        n = 1;
    } else if (wrong == NULL) {
        for (item = vd_json_first(v); wrong == NULL && vd_json_present(item);
             item = vd_json_next(item), n++)
            wrong = read_record(item, f);
    }
    vd_json_free(doc);
    *ret_n = n;
    return wrong;
}

static void good_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct vd_buf text = load(files[i].name);
        size_t n = 99;
        const char *wrong = read_answer(vd_buf_span(&text), &files[i], &n);
        if (wrong != NULL)
            fail_msg("%s: %s", files[i].name, wrong);
        ROW_EQ(files[i].name, n, files[i].records);
        vd_buf_free(&text);
    }
}

/* An answer of one endpoint is no answer of another: lists and single records of one name, and
 * names that differ in a capital. */
static void answers_of_other_endpoints(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct vd_buf text = load(files[i].name);
        struct vd_json_value v;
        struct vd_json *doc;
        assert_null(vd_json_read(vd_buf_span(&text), &doc, NULL));
        for (enum vd_answer w = VD_ANSWER_ROOTS; w <= VD_ANSWER_VERSION; w++) {
            const char *wrong = vd_answer_read(vd_json_root(doc), w, &v);
            ROW_EQ(files[i].name, wrong == NULL, w == files[i].which);
        }
        vd_json_free(doc);
        vd_buf_free(&text);
    }
}

/* No file of the folder is left out. */
static void every_file_is_read(void **state)
{
    DIR *dir = opendir(SHAPES);
    struct dirent *e;
    size_t n = 0;
    (void)state;
    assert_non_null(dir);
    while ((e = readdir(dir)) != NULL)
        n += strstr(e->d_name, ".json") != NULL;
    (void)closedir(dir);
    assert_int_equal(n, sizeof files / sizeof files[0] + 4); /* node-info, block, two errors */
}

/* ---- twins: each field of each record ---- */

/* The answer with the value `v` replaced. */
static struct vd_buf splice(struct vd_span text, struct vd_json_value v, const char *by)
{
    struct vd_buf out = VD_BUF(VD_MAX_JSON);
    struct vd_span old = vd_json_text(v), head, tail;
    size_t from = (size_t)(old.p - text.p), to = from + old.n;
    if (vd_json_is_string(v)) {
        from--;
        to++;
    }
    assert_true(vd_span_slice(text, 0, from, &head));
    tail = vd_span_skip(text, to);
    assert_true(vd_buf_put(&out, head) && vd_buf_str(&out, by) && vd_buf_put(&out, tail));
    return out;
}

static void expect(const struct file *f, struct vd_span name, const char *by, struct vd_buf text,
                   bool ok)
{
    size_t n;
    const char *wrong = read_answer(vd_buf_span(&text), f, &n);
    char row[128];
    (void)snprintf(row, sizeof row, "%s: %.*s: %s", f->name, (int)name.n, (const char *)name.p, by);
    if (ok ? wrong != NULL : wrong == NULL || !vd_span_is(name, wrong)) {
        print_error("%s: %s\n", row, wrong ? wrong : "accepted");
        fail();
    }
    vd_buf_free(&text);
}

static size_t twins_of_field(const struct file *f, struct vd_span text, enum vd_shape shape,
                             struct vd_span name, struct vd_json_value v)
{
    const bool unknown = vd_span_is(name, "somethingNewer");
    uint64_t n;

    expect(f, name, "{}", splice(text, v, "{}"), unknown);
    expect(f, name, "null", splice(text, v, "null"), unknown || !is_needed(name, shape));
    if (vd_json_uint(v, UINT64_MAX, &n) && !vd_span_is(name, "serialNumber")) {
        expect(f, name, "as a string", splice(text, v, "\"1\""), true);
        expect(f, name, "as a number", splice(text, v, "1"), true);
        expect(f, name, "negative", splice(text, v, "-1"), false);
        expect(f, name, "a fraction", splice(text, v, "1.0"), false);
        expect(f, name, "65 bits", splice(text, v, "\"18446744073709551616\""), false);
    } else if (!unknown) {
        expect(f, name, "a number", splice(text, v, "7"), false);
    }
    return 1;
}

/* All members of one record; those of the certificates in a group as well. */
static size_t twins_of_record(const struct file *f, struct vd_span text, enum vd_shape shape,
                              struct vd_json_value record)
{
    struct vd_json_value name = { record.doc, record.i + 1 }, v, item;
    size_t n = 0;
    for (; vd_json_present(name); name = vd_json_next(v)) {
        v = (struct vd_json_value){ name.doc, name.i + 1 };
        n += twins_of_field(f, text, shape, vd_json_text(name), v);
        if (f->reader == GROUP && vd_span_is(vd_json_text(name), "certs")) {
            for (item = vd_json_first(v); vd_json_present(item); item = vd_json_next(item))
                n += twins_of_record(f, text, VD_SHAPE_CERTIFICATE, item);
        }
    }
    return n;
}

static void field_twins(void **state)
{
    size_t n = 0;
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct vd_buf text = load(files[i].name);
        struct vd_json_value v, item;
        struct vd_json *doc;
        assert_null(vd_json_read(vd_buf_span(&text), &doc, NULL));
        assert_null(vd_answer_read(vd_json_root(doc), files[i].which, &v));
        if (vd_json_is_object(v))
            n += twins_of_record(&files[i], vd_buf_span(&text), files[i].shape, v);
        for (item = vd_json_first(v); vd_json_present(item); item = vd_json_next(item))
            n += twins_of_record(&files[i], vd_buf_span(&text), files[i].shape, item);
        vd_json_free(doc);
        vd_buf_free(&text);
    }
    assert_in_range(n, 350, 1000);
}

/* ---- twins: what stands around the records, and values one step off ---- */

static const struct {
    const char *file, *find, *by, *reason; /* reason NULL: is read all the same */
} rows[] = {
    { "root-certificates", "\"approvedRootCertificates\"", "\"approvedrootCertificates\"",
      "approvedRootCertificates" },
    { "root-certificates", "\"certs\":[", "\"cert\":[", "certs" },
    { "root-certificates", "MBoxGDAWBgNVBAMMD01hdHRlciBUZXN0IFBBQQ==",
      "MBoxGDAWBgNVBAMMD01hdHRlciBUZXN0IFBBQQ=", "subject" },
    { "root-certificates", "MBoxGDAWBgNVBAMMD01hdHRlciBUZXN0IFBBQQ==", "", "subject" },
    { "root-certificates", "MBoxGDAWBgNVBAMMD01hdHRlciBUZXN0IFBBQQ==", "../../etc/passwd",
      "subject" },
    { "root-certificates", "78:5C:E7", "78:5c:E7", "subjectKeyId" },
    { "root-certificates", "78:5C:E7", "785CE7", "subjectKeyId" },
    { "root-certificates", "78:5C:E7", "78:5C:E", "subjectKeyId" },
    { "root-certificates", "\"schemaVersion\":0", "\"schemaVersion\":1", NULL },
    { "revoked-root-certificates", "\"revokedRootCertificates\"", "\"revokedRoots\"",
      "revokedRootCertificates" },
    { "certificates", "\"approvedCertificates\":[", "\"certificates\":[", "approvedCertificates" },
    { "certificates", "\"isRoot\":true", "\"isRoot\":\"true\"", "isRoot" },
    { "certificates", "\"isRoot\":true", "\"isRoot\":1", "isRoot" },
    { "certificates", "\"vid\":65521", "\"vid\":65536", "vid" },
    { "certificates", "\"certificateType\":\"DeviceAttestationPKI\"",
      "\"certificateType\":\"VIDSignerPKI\"", NULL },
    { "child-certificates", "\"certIds\"", "\"certs\"", "certIds" },
    { "revocation-points", "\"PkiRevocationDistributionPoint\"",
      "\"pkiRevocationDistributionPoint\"", "PkiRevocationDistributionPoint" },
    { "revocation-points-of-issuer", "\"pkiRevocation", "\"PkiRevocation",
      "pkiRevocationDistributionPointsByIssuerSubjectKeyID" },
    { "revocation-points-of-issuer", "\"points\":[", "\"point\":[", "points" },
    { "revocation-points", "\"vid\":65521", "\"vid\":0", "vid" },
    { "revocation-points", "\"vid\":65521", "\"vid\":65536", "vid" },
    { "revocation-points", "\"pid\":32769", "\"pid\":65536", "pid" },
    { "revocation-points", "\"isPAA\":true", "\"isPAA\":\"true\"", "isPAA" },
    { "revocation-points", "\"dataFileSize\":\"0\"", "\"dataFileSize\":\"18446744073709551615\"",
      NULL },
    { "revocation-points", "\"revocationType\":1", "\"revocationType\":4294967296",
      "revocationType" },
    { "revocation-points", "\"label\":\"label\"", "\"label\":\"\"", "label" },
    { "revocation-points", "\"label\":\"label\"", "\"label\":\"a\\u0000b\"", "label" },
    { "revocation-points", "https://url.data.dclmodel", "", "dataURL" },
    { "compliance-info-one", "\"softwareVersionCertificationStatus\":2,\"date\"",
      "\"softwareVersionCertificationStatus\":4,\"date\"", "softwareVersionCertificationStatus" },
    { "compliance-info-one", "CSA00000SWC00000-01", "CSA00000SWC00000-0", "cDCertificateId" },
    { "compliance-info-one", "CSA00000SWC00000-01", "CSA00000SWC00000-012", "cDCertificateId" },
    { "compliance-info-one", "2024-05-06T07:08:09Z", "2024-05-06", "date" },
    { "compliance-info-one", "2024-05-06T07:08:09Z", "2024-02-30T07:08:09Z", "date" },
    { "compliance-info-one", "\"softwareVersion\":1", "\"softwareVersion\":4294967296",
      "softwareVersion" },
    { "device-software-compliance-one", "CSA00000SWC00000-01\",\"complianceInfo",
      "CSA00000SWC00000-02\",\"complianceInfo", "cDCertificateId" },
    { "device-software-compliance-one", "\"softwareVersionCertificationStatus\":2,\"date",
      "\"softwareVersionCertificationStatus\":4,\"date", "softwareVersionCertificationStatus" },
    { "certified-model", "\"value\":true", "\"value\":\"true\"", "value" },
    { "certified-model", "\"certifiedModel\"", "\"revokedModel\"", "certifiedModel" },
    { "model", "\"deviceTypeId\":22", "\"deviceTypeId\":4294967296", "deviceTypeId" },
    { "model-version", "\"otaFileSize\":\"0\"", "\"otaFileSize\":\"18446744073709551616\"",
      "otaFileSize" },
    { "model-versions", "\"softwareVersions\":[1,4294967295]", "\"softwareVersions\":1",
      "softwareVersions" },
};

static struct vd_buf replaced(const char *name, const char *find, const char *by)
{
    struct vd_buf text = load(name), out = VD_BUF(VD_MAX_JSON);
    struct vd_span all = vd_buf_span(&text), head;
    size_t at = 0;
    if (!vd_span_find(all, vd_span_str(find), &at))
        fail_msg("%s: no %s", name, find);
    assert_true(vd_span_slice(all, 0, at, &head));
    assert_true(vd_buf_put(&out, head) && vd_buf_str(&out, by) &&
                vd_buf_put(&out, vd_span_skip(all, at + strlen(find))));
    vd_buf_free(&text);
    return out;
}

static const struct file *file_of(const char *name)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    }
    fail_msg("no %s", name);
    return NULL;
}

static void value_twins(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf text = replaced(rows[i].file, rows[i].find, rows[i].by);
        size_t n;
        const char *wrong = read_answer(vd_buf_span(&text), file_of(rows[i].file), &n);
        if (wrong == NULL || rows[i].reason == NULL ? wrong != rows[i].reason
                                                    : strcmp(wrong, rows[i].reason) != 0)
            fail_msg("%s: %s -> %s: %s", rows[i].file, rows[i].find, rows[i].by,
                     wrong ? wrong : "accepted");
        vd_buf_free(&text);
    }
}

/* ---- pages, errors, the node ---- */

static const struct {
    const char *pagination, *key, *reason;
    uint64_t total;
} pages[] = {
    { "{\"next_key\":\"AA+/\",\"total\":\"312\"}", "AA+/", NULL, 312 },
    { "{\"next_key\":null,\"total\":\"0\"}", "", NULL, 0 },
    { "{\"next_key\":\"\",\"total\":0}", "", NULL, 0 },
    { "{}", "", NULL, 0 },
    { "null", "", NULL, 0 },
    { "[]", "", "pagination", 0 },
    { "\"\"", "", "pagination", 0 },
    { "{\"next_key\":7}", "", "pagination.next_key", 0 },
    { "{\"next_key\":{}}", "", "pagination.next_key", 0 },
    { "{\"next_key\":false}", "", "pagination.next_key", 0 },
    { "{\"next_key\":null,\"total\":\"-1\"}", "", "pagination.total", 0 },
    { "{\"next_key\":null,\"total\":\"18446744073709551616\"}", "", "pagination.total", 0 },
    { "{\"next_key\":null,\"total\":true}", "", "pagination.total", 0 },
};

static void page_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        char text[256];
        struct vd_buf key = VD_BUF(2048);
        struct vd_json *doc;
        const char *wrong;
        uint64_t total = 9;
        (void)snprintf(text, sizeof text, "{\"pagination\":%s}", pages[i].pagination);
        assert_null(vd_json_read(vd_span_str(text), &doc, NULL));
        wrong = vd_record_pagination(vd_json_root(doc), &key, &total);
        ROW_TRUE(pages[i].pagination, wrong == NULL || pages[i].reason == NULL
                                          ? wrong == pages[i].reason
                                          : strcmp(wrong, pages[i].reason) == 0);
        ROW_TRUE(pages[i].pagination,
                 wrong != NULL || (total == pages[i].total &&
                                   vd_span_is(vd_buf_span(&key), pages[i].key)));
        vd_buf_free(&key);
        vd_json_free(doc);
    }
}

static uint64_t error_code(const char *file, const char *find, const char *by)
{
    struct vd_buf text = replaced(file, find, by);
    struct vd_json *doc;
    uint64_t code = 0;
    assert_null(vd_json_read(vd_buf_span(&text), &doc, NULL));
    if (!vd_record_error(vd_json_root(doc), &code))
        code = 0;
    vd_json_free(doc);
    vd_buf_free(&text);
    return code;
}

static void errors(void **state)
{
    (void)state;
    assert_int_equal(error_code("not-found", "{", "{"), 5);
    assert_int_equal(error_code("not-implemented", "{", "{"), 12);
    assert_int_equal(error_code("not-found", "\"code\":5", "\"code\":true"), 0);
    assert_int_equal(error_code("not-found", "\"message\":\"not found\"", "\"message\":[]"), 0);
    assert_int_equal(error_code("root-certificates", "{", "{"), 0);
}

static const struct {
    const char *file, *find, *by, *reason;
} node_rows[] = {
    { "node-info", "{", "{", NULL },
    { "node-info", "\"default_node_info\"", "\"node_info\"", "default_node_info" },
    { "node-info", "\"network\":\"main-net\"", "\"network\":7", "network" },
    { "node-info", "\"network\":\"main-net\"", "\"network\":\"\"", "network" },
    { "node-info", "main-net", "a-name-of-a-chain-that-is-longer-than-fifty-letters-", "network" },
    { "block", "{", "{", NULL },
    { "block", "\"block\":{\"header\"", "\"block\":{\"head\"", "block.header" },
    { "block", "\"chain_id\":\"main-net\"", "\"chain_id\":null", "chain_id" },
    { "block", "\"height\":\"7654321\"", "\"height\":7654321", NULL },
    { "block", "\"height\":\"7654321\"", "\"height\":\"-1\"", "height" },
    { "block", "\"height\":\"7654321\"", "\"height\":\"0\"", "height" },
    { "block", "\"height\":\"7654321\"", "\"height\":\"9223372036854775808\"", "height" },
    { "block", "2026-07-07T08:09:10.123456789Z", "2026-07-07T08:09:10", "time" },
    { "block", "2026-07-07T08:09:10.123456789Z", "2026-13-07T08:09:10Z", "time" },
    { "block", "\"time\":\"2026-07-07T08:09:10.123456789Z\"", "\"time\":1783411750", "time" },
};

static void node(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof node_rows / sizeof node_rows[0]; i++) {
        struct vd_buf text = replaced(node_rows[i].file, node_rows[i].find, node_rows[i].by);
        struct vd_buf chain = VD_BUF(256);
        struct vd_block block = { 0, 0 };
        struct vd_json *doc;
        const char *wrong;
        assert_null(vd_json_read(vd_buf_span(&text), &doc, NULL));
        wrong = node_rows[i].file[0] == 'n' ? vd_answer_node(vd_json_root(doc), &chain)
                                            : vd_answer_block(vd_json_root(doc), &chain, &block);
        ROW_TRUE(node_rows[i].by, wrong == NULL || node_rows[i].reason == NULL
                                      ? wrong == node_rows[i].reason
                                      : strcmp(wrong, node_rows[i].reason) == 0);
        if (wrong == NULL)
            assert_true(vd_span_is(vd_buf_span(&chain), "main-net"));
        if (wrong == NULL && node_rows[i].file[0] == 'b') {
            assert_int_equal(block.height, 7654321);
            assert_int_equal(block.time, 1783411750);
        }
        vd_buf_free(&chain);
        vd_json_free(doc);
        vd_buf_free(&text);
    }
}

/* The first second that counts is one; the one before it is no time of a block. */
static void block_times(void **state)
{
    static const struct {
        const char *time;
        int64_t want; /* -1: no time */
    } times[] = { { "1970-01-01T00:00:01Z", 1 }, { "1970-01-01T00:00:00Z", 0 }, { "1969-12-31T23:59:59Z", -1 } };
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct vd_buf by = VD_BUF(64), text, chain = VD_BUF(256);
        struct vd_block block = { 0, -1 };
        struct vd_json *doc;
        const char *wrong;
        assert_true(vd_buf_fmt(&by, "\"time\":\"%s\"", times[i].time) && vd_buf_u8(&by, 0));
        text = replaced("block", "\"time\":\"2026-07-07T08:09:10.123456789Z\"", (const char *)by.p);
        assert_null(vd_json_read(vd_buf_span(&text), &doc, NULL));
        wrong = vd_answer_block(vd_json_root(doc), &chain, &block);
        if (times[i].want < 0)
            assert_string_equal(wrong, "time");
        else
            assert_null(wrong);
        assert_int_equal(block.time, times[i].want);
        vd_buf_free(&chain);
        vd_json_free(doc);
        vd_buf_free(&text);
        vd_buf_free(&by);
    }
}

/* ---- what the quirks mean ---- */

static void quirks(void **state)
{
    const struct file *f = file_of("revocation-points");
    struct vd_buf text = load(f->name), strings = VD_BUF(1u << 20);
    struct vd_json_value v;
    struct vd_json *doc;
    veridac_point p;
    (void)state;
    assert_null(vd_json_read(vd_buf_span(&text), &doc, NULL));
    assert_null(vd_answer_read(vd_json_root(doc), f->which, &v));
    v = vd_json_first(v);
    assert_null(vd_record_point(v, &strings, &p));
    assert_int_equal(p.pid, 0);                 /* absent */
    assert_int_equal(p.delegator.size, 0);      /* "" is absent */
    assert_false(p.has_data_fields);            /* "0", "" and 0 are absent */
    vd_buf_clear(&strings);
    v = vd_json_next(v);
    assert_null(vd_record_point(v, &strings, &p));
    assert_true(vd_span_is(vd_span_of(p.url.data, p.url.size),
                           "http://crl.example:8080/x?part=1&of=2")); /* came as \u0026 */
    assert_true(vd_span_is(vd_span_of(p.label.data, p.label.size), "a/b \xc3\xbc%2F \xf0\x9f\x94\x91"));
    assert_int_equal(p.pid, 32769);
    vd_buf_clear(&strings);
    v = vd_json_next(v); /* an old mirror: no delegator, a number for 64 bits, and a newer field */
    assert_null(vd_record_point(v, &strings, &p));
    assert_int_equal(p.delegator.size, 0);
    assert_false(p.has_data_fields);
    vd_json_free(doc);
    vd_buf_free(&text);
    vd_buf_free(&strings);
}

static const struct {
    const char *name, *hex;
    bool ok;
} sequences[] = {
    { "empty", "", false },          { "no length", "30", false },
    { "SEQUENCE of nothing", "3000", true }, { "one byte behind", "300000", false },
    { "one octet", "30020500", true }, { "cut", "300205", false },
    { "long form", "30810205 00", true }, { "long form cut", "3082", false },
    { "two octets", "3082000205 00", true }, { "no end given", "30800000", false },
    { "four octets of length", "3084000000020500", false }, { "SET", "31020500", false },
};

static void der_sequences(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        struct vd_buf der = unhex(sequences[i].hex);
        ROW_EQ(sequences[i].name, vd_record_is_der(vd_buf_span(&der)), sequences[i].ok);
        vd_buf_free(&der);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_answers), cmocka_unit_test(answers_of_other_endpoints),
        cmocka_unit_test(every_file_is_read), cmocka_unit_test(field_twins),
        cmocka_unit_test(value_twins), cmocka_unit_test(page_rows), cmocka_unit_test(errors),
        cmocka_unit_test(node), cmocka_unit_test(block_times), cmocka_unit_test(quirks),
        cmocka_unit_test(der_sequences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
