/* SPDX-License-Identifier: Apache-2.0
 *
 * api.c - the border of the library: argument checks and conversions, nothing else.
 */
#include "api.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "attest.h"
#include "paste.h"
#include "show.h"

/* ---- shared by the api_*.c files ---- */

struct vd_span vd_api_span(veridac_bytes b)
{
    return vd_span_of(b.data, b.size);
}

veridac_bytes vd_api_bytes(struct vd_span s)
{
    return (veridac_bytes){ s.p, s.n };
}

veridac_status vd_api_fail(veridac_error *err, veridac_status status, const char *fmt, ...)
{
    va_list ap;
    if (err != NULL) {
        va_start(ap, fmt);
        (void)vsnprintf(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
    }
    return status;
}

veridac_status vd_api_give(struct vd_buf *b, veridac_buffer *ret)
{
    size_t n = b->n;
    if (b->failed || !vd_buf_u8(b, 0)) {
        vd_buf_free(b);
        return VERIDAC_NO_MEMORY;
    }
    *ret = (veridac_buffer){ b->p, n };
    return VERIDAC_OK;
}

veridac_finding vd_api_finding(const struct vd_finding *f)
{
    const struct vd_rule_row *row = vd_rule_row(f->rule);
    return (veridac_finding){ .id = row->slug,
                              .severity = vd_severity_text(f->severity),
                              .clause = row->clause,
                              .subject = vd_subject_text(f->subject),
                              .text = row->text,
                              .found = f->found,
                              .wanted = f->wanted,
                              .hint = row->hint,
                              .sdk_code = row->sdk_code };
}

/* ---- small things ---- */

const char *veridac_version(void)
{
    return VERIDAC_VERSION;
}

uint32_t veridac_features(void)
{
    return vd_key_has_ed25519() ? VERIDAC_FEATURE_ED25519 : 0;
}

const char *veridac_status_text(veridac_status status)
{
    static const char *const texts[] = { "ok",
                                         "misuse of the library",
                                         "out of memory",
                                         "bad data",
                                         "too large",
                                         "bad signature",
                                         "another network",
                                         "input or output failed",
                                         "internal error",
                                         "stopped" };
    return status >= 0 && (size_t)status < sizeof texts / sizeof texts[0] ? texts[status] : "?";
}

const char *veridac_verdict_text(veridac_verdict verdict)
{
    return vd_verdict_text((enum vd_verdict)verdict);
}

const char *veridac_reason_text(int32_t reason)
{
    return vd_reason_text((enum vd_reason)reason);
}

void veridac_buffer_free(veridac_buffer *buffer)
{
    if (buffer == NULL)
        return;
    free(buffer->data);
    *buffer = (veridac_buffer){ NULL, 0 };
}

veridac_status veridac_unwrap(veridac_bytes in, int32_t meant, veridac_buffer *ret,
                              size_t *ret_others, veridac_error *err)
{
    struct vd_buf b = VD_BUF(VD_MAX_OPERATOR_FILE + 1);
    veridac_status st;
    size_t more = 0;

    if (ret == NULL || meant < VERIDAC_MEANT_FIRST || meant > VERIDAC_MEANT_PAI)
        return VERIDAC_MISUSE;
    if (in.size > VD_MAX_OPERATOR_FILE)
        return vd_api_fail(err, VERIDAC_TOO_LARGE, "more than 64 MiB");
    if (!vd_paste_read(vd_api_span(in), (enum vd_meant)meant, &b, &more)) {
        vd_buf_free(&b);
        return VERIDAC_NO_MEMORY;
    }
    st = vd_api_give(&b, ret);
    if (st == VERIDAC_OK && ret_others != NULL)
        *ret_others = more;
    return st;
}

veridac_status veridac_attest(veridac_bytes scalar, veridac_bytes declaration, veridac_bytes nonce,
                              veridac_bytes challenge, veridac_buffer *ret_elements,
                              uint8_t ret_signature[64], veridac_error *err)
{
    struct vd_buf elements = VD_BUF(4 * VD_MAX_RESPONSE);
    uint8_t signature[VD_RAW_SIG];
    veridac_status st;
    struct vd_key *key;

    if (ret_elements == NULL || ret_signature == NULL)
        return VERIDAC_MISUSE;
    if (!vd_key_scalar_valid(vd_api_span(scalar)))
        return vd_api_fail(err, VERIDAC_BAD_DATA, "the private key is not a P-256 scalar of 32 octets");
    if (declaration.size > VD_MAX_RESPONSE || nonce.size > VD_MAX_RESPONSE ||
        challenge.size > VD_MAX_RESPONSE)
        return vd_api_fail(err, VERIDAC_TOO_LARGE, "the response could not be made");
    key = vd_key_from_scalar(vd_api_span(scalar));
    if (key == NULL)
        return VERIDAC_NO_MEMORY;
    if (!vd_attest(key, vd_api_span(declaration), vd_api_span(nonce), vd_api_span(challenge),
                   &elements, signature)) {
        vd_key_free(key);
        vd_buf_free(&elements);
        return VERIDAC_NO_MEMORY;
    }
    vd_key_free(key);
    st = vd_api_give(&elements, ret_elements);
    if (st == VERIDAC_OK)
        (void)vd_copy(ret_signature, VD_RAW_SIG, VD_SPAN(signature));
    return st;
}

veridac_status veridac_rule(uint32_t i, veridac_finding *ret, const char **ret_facts)
{
    const struct vd_rule_row *row = vd_rule_at(i);
    struct vd_finding f = { .subject = VD_ON_INPUT };
    veridac_finding view;

    if (row == NULL || !vd_sized_fits(VD_UPTO(veridac_finding, sdk_code), ret))
        return VERIDAC_MISUSE;
    f.rule = row->rule;
    f.severity = row->severity;
    view = vd_api_finding(&f);
    view.subject = view.found = view.wanted = "";
    vd_sized_give(ret, &view, sizeof view);
    if (ret_facts != NULL)
        *ret_facts = row->facts;
    return VERIDAC_OK;
}

veridac_status veridac_show(veridac_bytes in, int32_t flags, veridac_buffer *ret,
                            veridac_error *err)
{
    const bool json = (flags & VERIDAC_SHOW_JSON) != 0, check = (flags & VERIDAC_SHOW_CHECK) != 0;
    struct vd_buf b = VD_BUF(VD_MAX_OPERATOR_FILE);
    const char *fault;

    if (ret == NULL || in.data == NULL || (flags & ~(VERIDAC_SHOW_JSON | VERIDAC_SHOW_CHECK)) != 0)
        return VERIDAC_MISUSE;
    fault = vd_show_bundle_fault(vd_api_span(in), check);
    if (fault != NULL)
        return vd_api_fail(err, fault == vd_no_memory ? VERIDAC_NO_MEMORY : VERIDAC_BAD_DATA,
                           "not a usable bundle: %s", fault);
    fault = vd_show_delta_fault(vd_api_span(in));
    if (fault != NULL)
        return vd_api_fail(err, fault == vd_no_memory ? VERIDAC_NO_MEMORY : VERIDAC_BAD_DATA,
                           "not a usable delta: %s", fault);
    if (!vd_show(vd_api_span(in), json, check, &b)) {
        bool memory = b.failed;
        vd_buf_free(&b);
        return memory ? VERIDAC_NO_MEMORY
                      : vd_api_fail(err, VERIDAC_BAD_DATA,
                                    "not a certificate, CRL, declaration, elements, request, "
                                    "head, bundle or delta");
    }
    return vd_api_give(&b, ret);
}
