/* SPDX-License-Identifier: Apache-2.0
 *
 * test_paste.c - certificates are found in PEM files and in logs, and nothing behind them is lost.
 *
 * The certificates here have the shape of one and nothing more: what counts is which bytes come out.
 */
#include <stdio.h>

#include "cert.h"
#include "paste.h"
#include "text.h"
#include "unit.h"

/* ---- three certificates, made from a template: subject, issuer, cA ---- */

static void put_tlv(struct vd_buf *out, uint8_t tag, struct vd_span content)
{
    (void)vd_buf_u8(out, tag);
    if (content.n >= 256) {
        (void)vd_buf_u8(out, 0x82);
        (void)vd_buf_be(out, 2, content.n);
    } else if (content.n >= 128) {
        (void)vd_buf_u8(out, 0x81);
        (void)vd_buf_u8(out, (uint8_t)content.n);
    } else {
        (void)vd_buf_u8(out, (uint8_t)content.n);
    }
    (void)vd_buf_put(out, content);
}

static void put_hex(struct vd_buf *out, const char *hex)
{
    assert_true(vd_hex_read(vd_span_str(hex), out));
}

/* CN=letter */
static void put_name(struct vd_buf *out, char letter)
{
    put_hex(out, "300C310A300806035504030C01");
    (void)vd_buf_u8(out, (uint8_t)letter);
}

static struct vd_buf make(char subject, char issuer, bool ca)
{
    struct vd_buf tbs = VD_BUF(4096), whole = VD_BUF(4096), inner = VD_BUF(4096);
    put_hex(&tbs, "A003020102020101300A06082A8648CE3D040302");
    put_name(&tbs, issuer);
    put_hex(&tbs, "301E170D3231303632383134323334335A170D3331303632383134323334335A");
    put_name(&tbs, subject);
    put_hex(&tbs, "3059301306072A8648CE3D020106082A8648CE3D03010703420004");
    for (size_t i = 0; i < 64; i++)
        (void)vd_buf_u8(&tbs, (uint8_t)(i + (uint8_t)subject));
    put_hex(&tbs, ca ? "A3133011300F0603551D130101FF040530030101FF"
                     : "A310300E300C0603551D130101FF04023000");
    put_tlv(&inner, 0x30, vd_buf_span(&tbs));
    put_hex(&inner, "300A06082A8648CE3D0403020304003001FF");
    put_tlv(&whole, 0x30, vd_buf_span(&inner));
    vd_buf_free(&tbs);
    vd_buf_free(&inner);
    return whole;
}

struct set {
    struct vd_buf dac, pai, paa;
};

static int set_up(void **state)
{
    static struct set s;
    s = (struct set){ make('D', 'I', false), make('I', 'A', true), make('A', 'A', true) };
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct set *s = *state;
    vd_buf_free(&s->dac);
    vd_buf_free(&s->pai);
    vd_buf_free(&s->paa);
    return 0;
}

/* ---- texts ---- */

static void add_pem(struct vd_buf *out, const struct vd_buf *der, const char *prefix)
{
    struct vd_buf text = VD_BUF(65536);
    struct vd_span rest, part = VD_NO_SPAN;
    assert_true(vd_base64_put(&text, vd_buf_span(der)));
    rest = vd_buf_span(&text);
    (void)vd_buf_fmt(out, "%s-----BEGIN CERTIFICATE-----\n", prefix);
    while (rest.n > 0) {
        (void)vd_take(&rest, rest.n < 64 ? rest.n : 64, &part);
        (void)vd_buf_fmt(out, "%s%.*s\n", prefix, (int)part.n, (const char *)part.p);
    }
    (void)vd_buf_fmt(out, "%s-----END CERTIFICATE-----\n", prefix);
    vd_buf_free(&text);
}

static void add_run(struct vd_buf *out, const char *prefix, const struct vd_buf *der,
                    const char *suffix)
{
    (void)vd_buf_str(out, prefix);
    (void)vd_hex_put(out, vd_buf_span(der), false);
    (void)vd_buf_str(out, suffix);
}

/* Eight bytes a line, without leading zeros, as an SDK log prints an octet string; a line of another
 * thread stands after the third. */
static void add_list(struct vd_buf *out, const struct vd_buf *der)
{
    (void)vd_buf_str(out, "[1650000000.123][42:43] CHIP:DMG: 0x0 = [\n");
    for (size_t i = 0; i < der->n; i++) {
        if (i % 8 == 0)
            (void)vd_buf_str(out, i ? "\n[1650000000.124][42:43] CHIP:DMG:   " :
                                      "[1650000000.124][42:43] CHIP:DMG:   ");
        if (i == 24)
            (void)vd_buf_str(out, "\n[1650000000.125][42:44] CHIP:EM: Rxd Ack on exchange 1234\n"
                                  "[1650000000.126][42:43] CHIP:DMG:   ");
        (void)vd_buf_fmt(out, "0x%x, ", der->p[i]);
    }
    (void)vd_buf_str(out, "\n[1650000000.127][42:43] CHIP:DMG: ]\n");
}

/* One line; between the first bytes and the others stands what may or may not stand there. */
static void add_line(struct vd_buf *out, const struct vd_buf *der, char between)
{
    for (size_t i = 0; i < der->n; i++)
        (void)vd_buf_fmt(out, "%02x%c", der->p[i], i == 20 ? between : ' ');
    (void)vd_buf_str(out, "\n");
}

/* Sixteen bare bytes a line. */
static void add_dump(struct vd_buf *out, const struct vd_buf *der)
{
    for (size_t i = 0; i < der->n; i++) {
        if (i % 16 == 0)
            (void)vd_buf_str(out, i ? "\nD (1234) CHIP[SPT]: " : "D (1234) CHIP[SPT]: ");
        (void)vd_buf_fmt(out, "%02x ", der->p[i]);
    }
    (void)vd_buf_str(out, "\n");
}

static void expect(const char *name, const struct vd_buf *text, enum vd_meant meant,
                   const struct vd_buf *want, size_t others)
{
    struct vd_buf out = VD_BUF(1u << 20);
    size_t more = 99;
    ROW_TRUE(name, vd_paste_read(vd_buf_span(text), meant, &out, &more));
    ROW_TRUE(name, vd_span_eq(vd_buf_span(&out), vd_buf_span(want)));
    ROW_EQ(name, more, others);
    vd_buf_free(&out);
}

static void both(const char *name, struct vd_buf *text, const struct set *s, size_t others)
{
    expect(name, text, VD_MEANT_DAC, &s->dac, others);
    expect(name, text, VD_MEANT_PAI, &s->pai, others);
    vd_buf_free(text);
}

/* ---- tests ---- */

static void template_is_read(void **state)
{
    const struct set *s = *state;
    struct vd_cert c;
    assert_true(vd_cert_read(vd_buf_span(&s->dac), &c) && !c.ca && c.trailing == 0);
    assert_true(vd_cert_read(vd_buf_span(&s->pai), &c) && c.ca && c.trailing == 0);
    assert_true(vd_cert_read(vd_buf_span(&s->paa), &c) && c.ca && c.trailing == 0);
}

static void picks_from_pem(void **state)
{
    const struct set *s = *state;
    struct vd_buf text = VD_BUF(65536);

    add_pem(&text, &s->paa, "");
    add_pem(&text, &s->pai, "");
    add_pem(&text, &s->dac, "");
    both("PEM from root to leaf", &text, s, 2);
    text = VD_BUF(65536);
    add_pem(&text, &s->dac, "");
    add_pem(&text, &s->pai, "");
    both("PEM from leaf to root", &text, s, 1);
    text = VD_BUF(65536);
    add_pem(&text, &s->dac, "[12.5][7:8] CHIP:CTL: ");
    add_pem(&text, &s->pai, "[12.6][7:8] CHIP:CTL: ");
    both("PEM behind a log's prefix", &text, s, 1);
    text = VD_BUF(65536);
    add_pem(&text, &s->paa, "");
    expect("one block, whatever it is", &text, VD_MEANT_DAC, &s->paa, 0);
    vd_buf_free(&text);
}

static void picks_from_logs(void **state)
{
    const struct set *s = *state;
    struct vd_buf text = VD_BUF(65536);

    add_run(&text, "[3.1][9:9] CHIP:TOO:   CertificateChainResponse: {\n"
                   "[3.1][9:9] CHIP:TOO:     certificate: ", &s->dac, "\n");
    add_run(&text, "[3.1][9:9] CHIP:TOO:    }\n[3.2][9:9] CHIP:TOO:     certificate: ", &s->pai,
            "\n[3.2][9:9] CHIP:TOO:    }\n");
    both("one run a line", &text, s, 1);
    text = VD_BUF(65536);
    add_list(&text, &s->dac);
    add_list(&text, &s->pai);
    both("a list of bytes over lines", &text, s, 1);
    text = VD_BUF(65536);
    add_dump(&text, &s->dac);
    add_dump(&text, &s->pai);
    both("bare bytes over lines", &text, s, 1);
    text = VD_BUF(65536);
    add_run(&text, "", &s->dac, "\n");
    add_run(&text, "", &s->pai, "\n");
    both("two lines of hex", &text, s, 1);
    text = VD_BUF(65536);
    add_run(&text, "\033[0;32m dac { certificate: \"", &s->dac, "\" }\033[0m\r\n");
    expect("quotes, brackets, colours", &text, VD_MEANT_DAC, &s->dac, 0);
    vd_buf_free(&text);
}

/* What stands behind a certificate is for a rule to judge, so it must come out. */
static void keeps_what_follows(void **state)
{
    const struct set *s = *state;
    struct vd_buf text = VD_BUF(65536), want = VD_BUF(65536);

    (void)(vd_buf_put(&want, vd_buf_span(&s->dac)) && vd_buf_u8(&want, 0));
    add_run(&text, "certificate: ", &s->dac, "00\n");
    expect("a byte more in a log", &text, VD_MEANT_DAC, &want, 0);
    vd_buf_clear(&text);
    add_run(&text, "", &s->dac, "\n00\n");
    expect("a byte more in a file of hex", &text, VD_MEANT_DAC, &want, 0);
    vd_buf_clear(&text);
    vd_buf_clear(&want);
    (void)(vd_buf_put(&want, vd_buf_span(&s->dac)) && vd_buf_put(&want, vd_buf_span(&s->pai)));
    add_run(&text, "certificate: ", &want, "\n");
    expect("two in one run are one with trailing bytes", &text, VD_MEANT_DAC, &want, 0);
    expect("binary stays whole", &want, VD_MEANT_PAI, &want, 0);
    vd_buf_clear(&want);
    (void)vd_buf_put(&want, vd_buf_span(&s->dac));
    add_pem(&want, &s->pai, "\n");
    expect("binary with a PEM block in it stays whole", &want, VD_MEANT_PAI, &want, 0);
    vd_buf_free(&text);
    vd_buf_free(&want);
}

static void separators(void **state)
{
    static const char may[] = " \t,:\"\'", may_not[] = "=;|.-/(";
    const struct set *s = *state;

    for (size_t i = 0; i < sizeof may - 1; i++) {
        struct vd_buf text = VD_BUF(65536);
        add_line(&text, &s->dac, may[i]);
        expect("bytes of one line", &text, VD_MEANT_DAC, &s->dac, 0);
        vd_buf_free(&text);
    }
    for (size_t i = 0; i < sizeof may_not - 1; i++) {
        struct vd_buf text = VD_BUF(65536);
        add_line(&text, &s->dac, may_not[i]);
        expect("something else begins", &text, VD_MEANT_DAC, &text, 0);
        vd_buf_free(&text);
    }
}

static void takes_nothing_that_is_cut(void **state)
{
    const struct set *s = *state;
    struct vd_buf text = VD_BUF(65536), cut = VD_BUF(65536);

    (void)vd_buf_put(&cut, (struct vd_span){ s->dac.p, s->dac.n - 1 });
    add_run(&text, "certificate: ", &cut, "\n");
    expect("a cut run is not made up", &text, VD_MEANT_DAC, &text, 0);
    vd_buf_clear(&text);
    add_run(&text, "certificate: ", &s->dac, "x\n");
    expect("a run that goes on with letters", &text, VD_MEANT_DAC, &text, 0);
    vd_buf_free(&text);
    vd_buf_free(&cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(template_is_read),   cmocka_unit_test(picks_from_pem),
        cmocka_unit_test(picks_from_logs),    cmocka_unit_test(keeps_what_follows),
        cmocka_unit_test(separators),         cmocka_unit_test(takes_nothing_that_is_cut),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
