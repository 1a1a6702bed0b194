/* SPDX-License-Identifier: Apache-2.0
 *
 * records.c - what the ledger's JSON means.
 *
 * Fields, their types and which have to be there: shape.h. 64-bit integers are strings, 32-bit ones
 * numbers; either is taken for both.
 */
#include "records.h"

#include "limits.h"
#include "shape.h"
#include "text.h"

const char vd_record_no_memory[] = "out of memory";

/* What is wrong with a text of this name that did not get into the buffer. */
static const char *wrong_text(const struct vd_buf *b, const char *name)
{
    return b->failed == VD_BUF_NO_MEMORY ? vd_record_no_memory : name;
}

/* A string member, unescaped and appended to out; *ret is where it lies once out no longer grows.
 * Absent is empty. */
static bool text_member(struct vd_json_value v, const char *name, size_t max, struct vd_buf *out,
                        size_t *ret_at, size_t *ret_n)
{
    struct vd_json_value m = vd_json_member(v, name);
    *ret_at = out->n;
    *ret_n = 0;
    if (!vd_json_present(m) || vd_json_is_null(m))
        return true;
    if (!vd_json_string(m, out) || out->n - *ret_at > max)
        return false;
    *ret_n = out->n - *ret_at;
    return true;
}

static bool uint_member(struct vd_json_value v, const char *name, uint64_t max, uint64_t *ret)
{
    struct vd_json_value m = vd_json_member(v, name);
    *ret = 0;
    if (!vd_json_present(m) || vd_json_is_null(m))
        return true;
    return vd_json_uint(m, max, ret);
}

static bool bool_member(struct vd_json_value v, const char *name, bool *ret)
{
    struct vd_json_value m = vd_json_member(v, name);
    *ret = false;
    if (!vd_json_present(m) || vd_json_is_null(m))
        return true;
    return vd_json_bool(m, ret);
}

/* ---- revocation points ---- */

enum { LABEL, URL, KEY_ID, SIGNER, DELEGATOR, DIGEST, TEXTS };

static const struct {
    const char *name;
    size_t max;
    bool must;
} point_texts[TEXTS] = {
    [LABEL] = { "label", VD_MAX_LABEL, true },
    [URL] = { "dataURL", VD_MAX_URL, true },
    [KEY_ID] = { "issuerSubjectKeyID", VD_MAX_KEY_ID_TEXT, true },
    [SIGNER] = { "crlSignerCertificate", VD_MAX_INPUT, true },
    [DELEGATOR] = { "crlSignerDelegator", VD_MAX_INPUT, false },
    [DIGEST] = { "dataDigest", 1024, false },
};

static const char *point_numbers(struct vd_json_value v, veridac_point *ret)
{
    uint64_t vid, pid, type, size, digest_type;
    bool is_paa;

    if (!uint_member(v, "vid", 0xFFFF, &vid) || vid == 0)
        return "vid";
    if (!uint_member(v, "pid", 0xFFFF, &pid))
        return "pid";
    if (!bool_member(v, "isPAA", &is_paa))
        return "isPAA";
    if (!uint_member(v, "revocationType", INT32_MAX, &type))
        return "revocationType";
    if (!uint_member(v, "dataFileSize", UINT64_MAX, &size))
        return "dataFileSize";
    if (!uint_member(v, "dataDigestType", UINT32_MAX, &digest_type))
        return "dataDigestType";
    ret->vid = (int32_t)vid;
    ret->pid = (int32_t)pid;
    ret->is_paa = is_paa;
    ret->revocation_type = (int32_t)type;
    ret->has_data_fields = size != 0 || digest_type != 0;
    return NULL;
}

const char *vd_record_point(struct vd_json_value v, struct vd_buf *text, veridac_point *ret)
{
    size_t at[TEXTS], n[TEXTS];
    veridac_point p = { .size = sizeof p };
    const char *wrong = vd_shape_check(v, VD_SHAPE_POINT);

    if (wrong == NULL)
        wrong = point_numbers(v, &p);
    if (wrong != NULL)
        return wrong;
    for (size_t i = 0; i < TEXTS; i++) {
        if (!text_member(v, point_texts[i].name, point_texts[i].max, text, &at[i], &n[i]) ||
            (point_texts[i].must && n[i] == 0))
            return wrong_text(text, point_texts[i].name);
    }
    p.label = (veridac_bytes){ text->p + at[LABEL], n[LABEL] };
    p.url = (veridac_bytes){ text->p + at[URL], n[URL] };
    p.issuer_key_id = (veridac_bytes){ text->p + at[KEY_ID], n[KEY_ID] };
    p.signer = (veridac_bytes){ text->p + at[SIGNER], n[SIGNER] };
    if (n[DELEGATOR] > 0)
        p.delegator = (veridac_bytes){ text->p + at[DELEGATOR], n[DELEGATOR] };
    p.has_data_fields = p.has_data_fields || n[DIGEST] > 0;
    *ret = p;
    return NULL;
}

struct vd_json_value vd_record_points(struct vd_json_value root)
{
    struct vd_json_value list = vd_json_member(root, "PkiRevocationDistributionPoint");
    if (vd_json_is_array(root))
        return root;
    if (vd_json_present(list))
        return list;
    return vd_json_member(
        vd_json_member(root, "pkiRevocationDistributionPointsByIssuerSubjectKeyID"), "points");
}

/* ---- certificates ---- */

static bool key_id_text(struct vd_span s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
        if (i % 3 == 2 ? c != ':' : !digit)
            return false;
    }
    return s.n >= 2 && s.n % 3 == 2 && s.n <= 96;
}

static const char *wrong_base64(struct vd_span s, const char *name)
{
    struct vd_buf out = VD_BUF(VD_MAX_NAME);
    const char *wrong = s.n > 0 && vd_base64_read(s, false, &out) ? NULL : wrong_text(&out, name);
    vd_buf_free(&out);
    return wrong;
}

const char *vd_record_id(struct vd_json_value v, struct vd_record_id *ret)
{
    struct vd_json_value subject = vd_json_member(v, "subject");
    struct vd_json_value key_id = vd_json_member(v, "subjectKeyId");
    const char *wrong;

    /* both are plain ASCII without escapes; anything else is not such a text */
    wrong = vd_json_is_string(subject) ? wrong_base64(vd_json_text(subject), "subject") : "subject";
    if (wrong != NULL)
        return wrong;
    if (!vd_json_is_string(key_id) || !key_id_text(vd_json_text(key_id)))
        return "subjectKeyId";
    ret->subject = vd_json_text(subject);
    ret->key_id = vd_json_text(key_id);
    return NULL;
}

const char *vd_record_group(struct vd_json_value v, struct vd_record_group *ret)
{
    const char *wrong = vd_shape_check(v, VD_SHAPE_GROUP);
    if (wrong == NULL)
        wrong = vd_record_id(v, &ret->id);
    if (wrong == NULL)
        ret->certificates = vd_json_member(v, "certs");
    return wrong;
}

const char *vd_record_certificate(struct vd_json_value v, struct vd_record_certificate *ret,
                                  struct vd_buf *pem)
{
    struct vd_json_value type = vd_json_member(v, "certificateType");
    const char *wrong = vd_shape_check(v, VD_SHAPE_CERTIFICATE);
    size_t at, n;

    if (wrong == NULL)
        wrong = vd_record_id(v, &ret->id);
    if (wrong != NULL)
        return wrong;
    if (!bool_member(v, "isRoot", &ret->is_root))
        return "isRoot";
    ret->device_attestation =
        !vd_json_is_string(type) || vd_span_is(vd_json_text(type), "DeviceAttestationPKI");
    if (!text_member(v, "pemCert", VD_MAX_INPUT, pem, &at, &n) || n == 0)
        return wrong_text(pem, "pemCert");
    return NULL;
}

bool vd_record_is_der(struct vd_span der)
{
    uint8_t form = vd_at(der, 1);
    size_t octets = form < 0x80 ? 0 : form & 0x7Fu, n = form < 0x80 ? form : 0;

    if (vd_at(der, 0) != 0x30 || octets > 3 || form == 0x80 || der.n < 2 + octets)
        return false;
    for (size_t i = 0; i < octets; i++)
        n = n << 8 | vd_at(der, 2 + i);
    return der.n == 2 + octets + n;
}

/* ---- compliance ---- */

static const char *compliance_texts(struct vd_json_value v, struct vd_record_compliance *ret)
{
    char room[128];
    struct vd_buf text = VD_BUF_ON(room);
    size_t at, n;

    if (!text_member(v, "cDCertificateId", sizeof ret->certificate_id, &text, &at, &n) ||
        n != sizeof ret->certificate_id || !vd_copy(ret->certificate_id, n, vd_buf_span(&text)))
        return "cDCertificateId";
    vd_buf_clear(&text);
    if (!text_member(v, "date", 64, &text, &at, &n) || !vd_time_read(vd_buf_span(&text), &ret->date) ||
        ret->date < 0)
        return "date";
    return NULL;
}

const char *vd_record_compliance(struct vd_json_value v, struct vd_record_compliance *ret)
{
    struct vd_json_value type = vd_json_member(v, "certificationType");
    const char *wrong = vd_shape_check(v, VD_SHAPE_COMPLIANCE);
    uint64_t vid, pid, version, status, cd_version;

    if (wrong != NULL)
        return wrong;
    ret->matter = vd_span_is(vd_json_text(type), "matter");
    if (!ret->matter)
        return NULL;
    if (!uint_member(v, "vid", 0xFFFF, &vid) || vid == 0)
        return "vid";
    if (!uint_member(v, "pid", 0xFFFF, &pid))
        return "pid";
    if (!uint_member(v, "softwareVersion", UINT32_MAX, &version))
        return "softwareVersion";
    if (!uint_member(v, "softwareVersionCertificationStatus", 3, &status))
        return "softwareVersionCertificationStatus";
    if (!uint_member(v, "cDVersionNumber", 0xFFFF, &cd_version))
        return "cDVersionNumber";
    ret->vid = (uint16_t)vid;
    ret->pid = (uint16_t)pid;
    ret->software_version = (uint32_t)version;
    ret->status = (uint8_t)status;
    ret->cd_version = (uint16_t)cd_version;
    ret->device_type = UINT32_MAX;
    return compliance_texts(v, ret);
}

const char *vd_record_software(struct vd_json_value v, uint32_t *ret_certified)
{
    const char *wrong = vd_shape_check(v, VD_SHAPE_SOFTWARE);
    struct vd_span id = vd_json_text(vd_json_member(v, "cDCertificateId"));
    struct vd_json_value item = vd_json_first(vd_json_member(v, "complianceInfo"));

    *ret_certified = 0;
    for (; wrong == NULL && vd_json_present(item); item = vd_json_next(item)) {
        struct vd_record_compliance r;
        wrong = vd_record_compliance(item, &r);
        if (wrong == NULL && r.matter && !vd_span_eq(VD_SPAN(r.certificate_id), id))
            wrong = "cDCertificateId";
        if (wrong == NULL && r.matter)
            *ret_certified += r.status == 2;
    }
    return wrong;
}

static const char *model_of(struct vd_json_value v, struct vd_record_model *ret)
{
    uint64_t vid, pid;
    if (!uint_member(v, "vid", 0xFFFF, &vid) || vid == 0)
        return "vid";
    if (!uint_member(v, "pid", 0xFFFF, &pid))
        return "pid";
    ret->vid = (uint16_t)vid;
    ret->pid = (uint16_t)pid;
    return NULL;
}

const char *vd_record_model(struct vd_json_value v, struct vd_record_model *ret)
{
    const char *wrong = vd_shape_check(v, VD_SHAPE_MODEL);
    uint64_t type = UINT32_MAX;

    if (wrong == NULL)
        wrong = model_of(v, ret);
    if (wrong == NULL && vd_json_present(vd_json_member(v, "deviceTypeId")) &&
        !uint_member(v, "deviceTypeId", UINT32_MAX - 1, &type))
        wrong = "deviceTypeId";
    ret->device_type = (uint32_t)type;
    return wrong;
}

const char *vd_record_model_state(struct vd_json_value v, struct vd_record_model_state *ret)
{
    const char *wrong = vd_shape_check(v, VD_SHAPE_MODEL_STATE);
    struct vd_record_model model = { 0, 0, 0 };
    uint64_t version = 0;

    if (wrong == NULL)
        wrong = model_of(v, &model);
    if (wrong != NULL)
        return wrong;
    if (!uint_member(v, "softwareVersion", UINT32_MAX, &version))
        return "softwareVersion";
    ret->vid = model.vid;
    ret->pid = model.pid;
    ret->software_version = (uint32_t)version;
    ret->matter = vd_span_is(vd_json_text(vd_json_member(v, "certificationType")), "matter");
    return bool_member(v, "value", &ret->value) ? NULL : "value";
}

/* ---- answers ---- */

bool vd_record_error(struct vd_json_value root, uint64_t *ret_code)
{
    return vd_json_is_object(root) &&
           vd_json_uint(vd_json_member(root, "code"), 1000, ret_code) &&
           vd_json_is_string(vd_json_member(root, "message"));
}

const char *vd_record_pagination(struct vd_json_value root, struct vd_buf *key, uint64_t *ret_total)
{
    struct vd_json_value p = vd_json_member(root, "pagination"), next;
    size_t at, n;

    *ret_total = 0;
    if (vd_json_is_null(p))
        return NULL;
    if (!vd_json_is_object(p))
        return "pagination";
    next = vd_json_member(p, "next_key");
    if (vd_json_present(next) && !vd_json_is_null(next) && !vd_json_is_string(next))
        return "pagination.next_key";
    if (!text_member(p, "next_key", 1024, key, &at, &n))
        return wrong_text(key, "pagination.next_key");
    return uint_member(p, "total", UINT64_MAX, ret_total) ? NULL : "pagination.total";
}
