/* SPDX-License-Identifier: Apache-2.0
 *
 * profile.c - certificate profiles as tables, and the loops over them.
 */
#include "profile.h"

#include <inttypes.h>
#include <stdio.h>

#include "text.h"

enum need { NO, MAY, MUST };
enum path_length { PATH_NONE, PATH_ZERO, PATH_NONE_OR_ONE };

/* One row per role: Matter 6.2.2.3 (DAC), 6.2.2.4 (PAI), 6.2.2.5 (PAA), 6.3.1, 6.2.4. */
static const struct row {
    int base;             /* first rule number of the role */
    bool chain;           /* part of the device's chain: size limit, constraints, ids */
    bool ca;
    enum path_length path;
    uint16_t ku_must, ku_may;
    enum need akid, vid, pid, issuer_vid, issuer_pid;
} rows[] = {
    [VD_ROLE_DAC] = { 1000, true, false, PATH_NONE, 0x8000, 0x8000, MUST, MUST, MUST, MUST, MAY },
    [VD_ROLE_PAI] = { 1100, true, true, PATH_ZERO, 0x0600, 0x8600, MUST, MUST, MAY, MAY, NO },
    [VD_ROLE_PAA] = { 1200, true, true, PATH_NONE_OR_ONE, 0x0600, 0x8600, MAY, MAY, NO, MAY, NO },
    [VD_ROLE_CD_SIGNER] = { 1300, false, false, PATH_NONE, 0, 0, MAY, MAY, MAY, MAY, MAY },
    [VD_ROLE_CRL_SIGNER] = { 1400, false, false, PATH_NONE, 0x0200, 0x8200, MUST, MAY, MAY, MAY,
                             MAY },
};

/* What a check needs: facts, row, where to report. */
struct job {
    const struct vd_cert *c;
    const struct row *row;
    enum vd_role role;
    enum vd_subject on;
    bool issuer_judged;
    struct vd_findings *f;
};

enum vd_rule vd_profile_rule(enum vd_role role, enum vd_rule dac_rule)
{
    return (enum vd_rule)((int)dac_rule - rows[VD_ROLE_DAC].base + rows[role].base);
}

#define SAY(j, name, wanted, ...)                                                                    \
    ((void)vd_find((j)->f, vd_profile_rule((j)->role, VD_RULE_DAC_##name), (j)->on, (wanted),        \
                   __VA_ARGS__))

static void check_envelope(const struct job *j)
{
    const struct vd_cert *c = j->c;
    const bool pqc = vd_key_strength(c->key_kind) > 1 || vd_algorithm_strength(c->outer) > 1;
    char hex[VD_HEX_TEXT];

    if (c->trailing > 0)
        SAY(j, TRAILING_BYTES, "0 bytes", "%zu bytes after the certificate", c->trailing);
    if (j->row->chain && c->der.n > (pqc ? VD_MAX_CERT_PQC : VD_MAX_CERT))
        SAY(j, SIZE, pqc ? "at most 10240 bytes" : "at most 600 bytes", "%zu bytes", c->der.n);
    if (c->version != 2)
        SAY(j, VERSION, "v3 (INTEGER 2)", "v%" PRIu64 " (INTEGER %" PRIu64 ")", c->version + 1,
            c->version);
    if (c->magnitude.n == 0 || c->magnitude.n > 20 || (c->magnitude.n == 1 && c->magnitude.p[0] == 0))
        SAY(j, SERIAL, "positive, minimal, at most 20 octets", "%zu octets %s", c->serial.n,
            vd_hex_text(c->serial, hex));
    if (c->has_unique_id)
        SAY(j, UNIQUE_ID, NULL, "issuerUniqueID or subjectUniqueID");
    if (c->explicit_false)
        SAY(j, EXTENSION_ENCODING, "no encoded default", "BOOLEAN FALSE");
}

static bool is_mldsa(enum vd_algorithm a)
{
    return a == VD_ALG_MLDSA44 || a == VD_ALG_MLDSA65;
}

static void check_algorithms(const struct job *j)
{
    const struct vd_cert *c = j->c;
    char hex[VD_HEX_TEXT];
    bool null_ok = j->role == VD_ROLE_PAA && c->algorithms_equal &&
                   c->outer == VD_ALG_ECDSA_SHA256_NULL;

    if (is_mldsa(c->outer) && c->algorithms_equal)
        (void)vd_find(j->f, VD_RULE_ALGORITHM_UNSUPPORTED, j->on, "ecdsa-with-SHA256",
                      "signed with %s", vd_algorithm_text(c->outer));
    else if (null_ok)
        SAY(j, SIGNATURE_NULL, NULL, "NULL parameters");
    else if (!c->algorithms_equal)
        SAY(j, SIGNATURE_ALGORITHM, "ecdsa-with-SHA256 twice", "inside %s, outside %s, not the same",
            vd_algorithm_text(c->inner), vd_algorithm_text(c->outer));
    else if (c->outer != VD_ALG_ECDSA_SHA256)
        SAY(j, SIGNATURE_ALGORITHM, "ecdsa-with-SHA256", "%s, OID %s", vd_algorithm_text(c->outer),
            vd_hex_text(c->algorithm_oid, hex));

    if ((c->key_kind == VD_KEY_MLDSA44 || c->key_kind == VD_KEY_MLDSA65) && j->role != VD_ROLE_DAC)
        (void)vd_find(j->f, VD_RULE_ALGORITHM_UNSUPPORTED, j->on, "P-256", "%s",
                      vd_key_text(c->key_kind));
    else if (c->key_kind != VD_KEY_P256)
        SAY(j, PUBLIC_KEY, "P-256, uncompressed, 65 octets", "%s, %zu octets",
            vd_key_text(c->key_kind), c->key.n);
}

static void check_times(const struct job *j)
{
    const struct vd_cert *c = j->c;
    char from[VD_TIME_TEXT], to[VD_TIME_TEXT];

    if (!c->times_ok) {
        SAY(j, TIME, "two DER times", "a time that is not DER");
    } else if (c->not_before > c->not_after) {
        vd_time_text(c->not_before, from);
        vd_time_text(c->not_after, to);
        SAY(j, TIME, "notBefore <= notAfter", "%s after %s", from, to);
    }
}

/* Extensions that are the same table question for every role: there, critical, well-formed. */
static const struct {
    enum vd_ext_kind kind;
    bool critical;
    enum vd_rule rule; /* the DAC's */
} ext_rules[] = {
    { VD_EXT_SKID, false, VD_RULE_DAC_SUBJECT_KEY_ID },
    { VD_EXT_AKID, false, VD_RULE_DAC_AUTHORITY_KEY_ID },
    { VD_EXT_BC, true, VD_RULE_DAC_BASIC_CONSTRAINTS },
    { VD_EXT_KU, true, VD_RULE_DAC_KEY_USAGE },
};

static enum need ext_need(const struct job *j, enum vd_ext_kind kind)
{
    if (kind == VD_EXT_AKID)
        return j->row->akid;
    return kind == VD_EXT_SKID || j->row->ku_must != 0 ? MUST : MAY;
}

static void check_extension_presence(const struct job *j)
{
    char hex[VD_HEX_TEXT];
    for (size_t i = 0; i < sizeof ext_rules / sizeof ext_rules[0]; i++) {
        enum vd_ext_kind kind = ext_rules[i].kind;
        enum vd_rule rule = vd_profile_rule(j->role, ext_rules[i].rule);
        const struct vd_ext *e = &j->c->ext[kind];
        if (e->count == 0 && ext_need(j, kind) == MUST)
            (void)vd_find(j->f, rule, j->on, vd_ext_text(kind), "no %s", vd_ext_text(kind));
        if (e->count == 0 || ext_need(j, kind) == NO)
            continue;
        if (e->critical != ext_rules[i].critical)
            (void)vd_find(j->f, rule, j->on, ext_rules[i].critical ? "critical" : "not critical",
                          e->critical ? "critical" : "not critical");
        if (e->malformed)
            (void)vd_find(j->f, rule, j->on, "a well-formed value", "value %s",
                          vd_hex_text(e->value, hex));
    }
}

static void put_usage(uint16_t bits, struct vd_buf *out)
{
    static const char *const names[] = { "digitalSignature", "nonRepudiation",   "keyEncipherment",
                                         "dataEncipherment", "keyAgreement",     "keyCertSign",
                                         "cRLSign",          "encipherOnly",     "decipherOnly" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (bits & 0x8000u >> i)
            (void)vd_buf_fmt(out, "%s%s", out->n ? " " : "", names[i]);
    }
    (void)vd_buf_str(out, bits == 0 ? "no bit" : "");
}

static void check_usage(const struct job *j)
{
    const struct vd_cert *c = j->c;
    uint16_t must = j->row->ku_must, extra = (uint16_t)(c->key_usage & ~j->row->ku_may);
    char found[160], wanted[160];
    struct vd_buf fb = VD_BUF_ON(found), wb = VD_BUF_ON(wanted);

    if (must == 0 || c->ext[VD_EXT_KU].count == 0 || c->ext[VD_EXT_KU].malformed)
        return;
    if ((c->key_usage & must) == must && extra == 0)
        return;
    put_usage(c->key_usage, &fb);
    put_usage(must, &wb);
    if (j->row->ku_may != must)
        (void)vd_buf_str(&wb, ", digitalSignature optional");
    (void)vd_buf_u8(&wb, 0);
    SAY(j, KEY_USAGE, wanted, "%.*s", (int)fb.n, found);
}

static void check_constraints(const struct job *j)
{
    const struct vd_cert *c = j->c;
    bool has = c->has_path_length;
    uint64_t n = c->path_length;
    static const char *const wanted[] = { [PATH_NONE] = "no pathLenConstraint",
                                          [PATH_ZERO] = "pathLenConstraint 0",
                                          [PATH_NONE_OR_ONE] = "none, or pathLenConstraint 1" };
    bool ok = j->row->path == PATH_NONE   ? !has
              : j->row->path == PATH_ZERO ? has && n == 0
                                          : !has || n == 1;

    if (j->row->ku_must == 0 || c->ext[VD_EXT_BC].count == 0 || c->ext[VD_EXT_BC].malformed)
        return;
    if (c->ca != j->row->ca)
        SAY(j, BASIC_CONSTRAINTS, j->row->ca ? "cA TRUE" : "cA FALSE", c->ca ? "cA TRUE" : "cA FALSE");
    if (!ok && has)
        SAY(j, PATH_LENGTH, wanted[j->row->path], "pathLenConstraint %" PRIu64, n);
    else if (!ok)
        SAY(j, PATH_LENGTH, wanted[j->row->path], "no pathLenConstraint");
}

static void check_other_extensions(const struct job *j)
{
    const struct vd_cert *c = j->c;
    char hex[VD_HEX_TEXT];

    if (c->duplicate_oid.n > 0)
        SAY(j, DUPLICATE_EXTENSION, "each extension once", "twice: OID %s",
            vd_hex_text(c->duplicate_oid, hex));
    if (c->critical_unknown.n > 0)
        SAY(j, CRITICAL_EXTENSION, "known, or not critical", "critical: OID %s",
            vd_hex_text(c->critical_unknown, hex));
    for (unsigned k = VD_EXT_EKU; k < VD_EXT_KINDS; k++) {
        if (c->ext[k].critical && c->ext[k].malformed)
            SAY(j, CRITICAL_EXTENSION, "a value that can be read, or not critical",
                "critical: %s, value %s", vd_ext_text((enum vd_ext_kind)k),
                vd_hex_text(c->ext[k].value, hex));
        if (c->ext[k].count > 0)
            SAY(j, OTHER_EXTENSION, NULL, "%s%s", vd_ext_text((enum vd_ext_kind)k),
                c->ext[k].critical ? " (critical)" : "");
    }
    if (c->other_unknown.n > 0)
        SAY(j, OTHER_EXTENSION, NULL, "OID %s", vd_hex_text(c->other_unknown, hex));
}

static void say_id_text(const struct job *j, enum vd_rule rule, struct vd_span text)
{
    char shown[120];
    struct vd_buf b = VD_BUF_ON(shown);
    (void)vd_printable(text, &b);
    (void)vd_find(j->f, vd_profile_rule(j->role, rule), j->on, "four digits of 0-9A-F",
                  "\"%.*s\"", (int)b.n, shown);
}

/* One id (vendor or product) of the subject and its relation to the issuer's. */
static void check_id(const struct job *j, const struct vd_id *subject, const struct vd_id *issuer,
                     enum need need, enum need issuer_need, const enum vd_rule rules[4])
{
    enum vd_rule missing = vd_profile_rule(j->role, rules[0]);
    enum vd_rule relation = vd_profile_rule(j->role, rules[3]);

    if (subject->state == VD_ID_ABSENT && need == MUST)
        (void)vd_find(j->f, missing, j->on, "exactly one", "none in the subject");
    if (subject->state == VD_ID_BAD)
        say_id_text(j, rules[1], subject->text);
    if (subject->state == VD_ID_PRESENT && need == NO)
        (void)vd_find(j->f, vd_profile_rule(j->role, rules[2]), j->on, "none", "%04X",
                      subject->value);
    if (j->issuer_judged)
        return;
    if (issuer->state == VD_ID_BAD)
        say_id_text(j, rules[1], issuer->text);
    if (issuer->state == VD_ID_ABSENT && issuer_need == MUST)
        (void)vd_find(j->f, relation, j->on, "exactly one", "none in the issuer");
    if (issuer->state == VD_ID_PRESENT && issuer_need == NO)
        (void)vd_find(j->f, relation, j->on, "none in the issuer", "%04X", issuer->value);
    else if (issuer->state == VD_ID_PRESENT && subject->state == VD_ID_PRESENT &&
             issuer->value != subject->value)
        (void)vd_find(j->f, relation, j->on, "the same in subject and issuer",
                      "%04X in the subject, %04X in the issuer", subject->value, issuer->value);
}

static void check_ids(const struct job *j)
{
    static const enum vd_rule vid_rules[] = { VD_RULE_DAC_VID_MISSING, VD_RULE_DAC_VID_ENCODING,
                                              VD_RULE_DAC_VID_MISSING, VD_RULE_DAC_ISSUER_VID };
    static const enum vd_rule pid_rules[] = { VD_RULE_DAC_PID_MISSING, VD_RULE_DAC_PID_ENCODING,
                                              VD_RULE_DAC_PID_FORBIDDEN, VD_RULE_DAC_ISSUER_PID };
    const struct vd_name *s = &j->c->subject, *i = &j->c->issuer;

    check_id(j, &s->vid, &i->vid, j->row->vid, j->row->issuer_vid, vid_rules);
    check_id(j, &s->pid, &i->pid, j->row->pid, j->row->issuer_pid, pid_rules);
    if (s->vid.repeated || s->pid.repeated ||
        (!j->issuer_judged && (i->vid.repeated || i->pid.repeated)))
        SAY(j, VID_REPEATED, "at most one of each", "a Matter attribute occurs twice in a Name");
    if (s->cn_ignored)
        SAY(j, CN_IGNORED, NULL, "Mvid: or Mpid: beside a Matter attribute");
    if (s->cn_long)
        SAY(j, CN_LONG, NULL, "a CN of more than 64 characters");
    if ((s->vid.state == VD_ID_PRESENT && s->vid.value == 0) ||
        (s->pid.state == VD_ID_PRESENT && s->pid.value == 0))
        SAY(j, ID_ZERO, NULL, "0000");
    if ((s->vid.state == VD_ID_PRESENT && s->vid.printable) ||
        (s->pid.state == VD_ID_PRESENT && s->pid.printable))
        SAY(j, ID_STRING, NULL, "PrintableString");
}

static void check_names(const struct job *j)
{
    const struct vd_name *names[] = { &j->c->subject, &j->c->issuer };
    for (size_t i = 0; i < (j->issuer_judged ? 1 : 2); i++) {
        if (!names[i]->well_formed || names[i]->empty)
            SAY(j, NAME, "a well-formed, non-empty Name", "%s %s", i == 0 ? "subject" : "issuer",
                names[i]->well_formed ? "is empty or has an empty value" : "is not a Name");
    }
}

bool vd_profile_names(const struct vd_cert *issuer, const struct vd_cert *c)
{
    return issuer->parsed && vd_span_eq(issuer->subject.der, c->issuer.der);
}

void vd_profile_check(const struct vd_cert *c, enum vd_role role, enum vd_subject on,
                      bool issuer_judged, struct vd_findings *f)
{
    const struct job job = { c, &rows[role], role, on, issuer_judged, f };

    if (!c->parsed) {
        if (c->broken != NULL)
            SAY(&job, DER, "a DER certificate", "broken at %s", c->broken);
        return;
    }
    check_envelope(&job);
    check_algorithms(&job);
    check_times(&job);
    check_extension_presence(&job);
    check_constraints(&job);
    check_usage(&job);
    check_other_extensions(&job);
    check_names(&job);
    if (job.row->chain)
        check_ids(&job);
}
