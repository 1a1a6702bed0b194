/* SPDX-License-Identifier: Apache-2.0
 *
 * text.c - bytes and times as text.
 */
#include "text.h"

#include <stdio.h>

static const char upper_digits[] = "0123456789ABCDEF";
static const char lower_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool vd_is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool vd_is_text(struct vd_span in)
{
    for (size_t i = 0; i < in.n; i++) {
        if (in.p[i] < 0x20 && !vd_is_space(in.p[i]) && in.p[i] != VD_ESCAPE)
            return false;
    }
    return in.n > 0;
}

bool vd_hex_put(struct vd_buf *out, struct vd_span bytes, bool upper)
{
    const char *digits = upper ? upper_digits : lower_digits;
    bool ok = !out->failed;
    for (size_t i = 0; i < bytes.n && ok; i++) {
        ok = vd_buf_u8(out, (uint8_t)digits[bytes.p[i] >> 4]) &&
             vd_buf_u8(out, (uint8_t)digits[bytes.p[i] & 15]);
    }
    return ok;
}

bool vd_hex_put_colons(struct vd_buf *out, struct vd_span bytes)
{
    bool ok = !out->failed;
    for (size_t i = 0; i < bytes.n && ok; i++) {
        ok = (i == 0 || vd_buf_u8(out, ':')) &&
             vd_hex_put(out, (struct vd_span){ bytes.p + i, 1 }, true);
    }
    return ok;
}

int vd_hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool vd_hex_read(struct vd_span text, struct vd_buf *out)
{
    if (text.n % 2 != 0)
        return false;
    for (size_t i = 0; i < text.n; i += 2) {
        int hi = vd_hex_digit(text.p[i]), lo = vd_hex_digit(text.p[i + 1]);
        if (hi < 0 || lo < 0 || !vd_buf_u8(out, (uint8_t)(hi << 4 | lo)))
            return false;
    }
    return true;
}

bool vd_base64_put(struct vd_buf *out, struct vd_span in)
{
    struct vd_span three;
    while (in.n > 0) {
        size_t n = in.n < 3 ? in.n : 3;
        uint32_t v;
        if (!vd_take(&in, n, &three))
            return false;
        v = (uint32_t)vd_at(three, 0) << 16 | (uint32_t)vd_at(three, 1) << 8 | vd_at(three, 2);
        for (size_t i = 0; i < 4; i++) {
            char c = i <= n ? base64_digits[v >> (18 - 6 * i) & 63] : '=';
            if (!vd_buf_u8(out, (uint8_t)c))
                return false;
        }
    }
    return !out->failed;
}

static int base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool vd_base64_read(struct vd_span text, bool skip_space, struct vd_buf *out)
{
    uint32_t v = 0;
    unsigned have = 0, pad = 0; /* characters of the current group of four */

    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        int d = base64_digit(c);
        if (skip_space && vd_is_space(c))
            continue;
        if (c == '=' && have >= 2 && have + pad < 4)
            pad++;
        else if (d >= 0 && pad == 0)
            v = v << 6 | (uint32_t)d, have++;
        else
            return false;
        if (have == 4) {
            if (!vd_buf_be(out, 3, v))
                return false;
            v = 0;
            have = 0;
        }
    }
    if (have == 0)
        return pad == 0;
    if (have + pad != 4 || (v & (have == 3 ? 3u : 15u)) != 0)
        return false;
    return vd_buf_be(out, have - 1, v >> (have == 3 ? 2 : 4));
}

bool vd_decimal_read(struct vd_span text, uint64_t max, uint64_t *ret)
{
    uint64_t v = 0;
    if (text.n == 0)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        unsigned d = (unsigned)text.p[i] - '0';
        if (text.p[i] < '0' || d > 9 || d > max || v > (max - d) / 10)
            return false;
        v = v * 10 + d;
    }
    *ret = v;
    return true;
}

/* ---- time: days since 1970-01-01 by the era method (400-year cycles starting in March) ---- */

static bool leap(int64_t y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

bool vd_civil_valid(struct vd_civil c)
{
    static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (c.month < 1 || c.month > 12 || c.day < 1 || c.hour > 23 || c.minute > 59 || c.second > 59)
        return false;
    return c.day <= days[c.month - 1] + (c.month == 2 && leap(c.year) ? 1u : 0u);
}

int64_t vd_civil_to_unix(struct vd_civil c)
{
    int64_t y = c.month <= 2 ? c.year - 1 : c.year;
    int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
    int64_t doy = (153 * ((int64_t)c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)c.day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    int64_t days = era * 146097 + doe - 719468;
    return days * 86400 + (int64_t)c.hour * 3600 + (int64_t)c.minute * 60 + (int64_t)c.second;
}

struct vd_civil vd_civil_from_unix(int64_t t)
{
    int64_t days = t / 86400, rest = t % 86400;
    int64_t era, doe, yoe, doy, mp;
    struct vd_civil c;

    if (rest < 0) {
        rest += 86400;
        days--;
    }
    days += 719468;
    era = (days >= 0 ? days : days - 146096) / 146097;
    doe = days - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    c.day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
    c.month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
    c.year = yoe + era * 400 + (c.month <= 2 ? 1 : 0);
    c.hour = (unsigned)(rest / 3600);
    c.minute = (unsigned)(rest / 60 % 60);
    c.second = (unsigned)(rest % 60);
    return c;
}

void vd_time_text(int64_t t, char ret[VD_TIME_TEXT])
{
    const int64_t first = INT64_C(-62167219200), last = INT64_C(253402300799);
    struct vd_civil c;
    if (t < first || t > last) {
        (void)snprintf(ret, VD_TIME_TEXT, "out of range");
        return;
    }
    c = vd_civil_from_unix(t);
    (void)snprintf(ret, VD_TIME_TEXT, "%04d-%02u-%02uT%02u:%02u:%02uZ", (int)c.year, c.month, c.day,
                   c.hour, c.minute, c.second);
}

static bool digits(struct vd_span *in, size_t n, unsigned *ret)
{
    struct vd_span text;
    uint64_t v;
    if (!vd_take(in, n, &text) || !vd_decimal_read(text, 9999, &v))
        return false;
    *ret = (unsigned)v;
    return true;
}

static bool skip_fraction(struct vd_span *in)
{
    size_t n = 0;
    if (!vd_take_tag(in, "."))
        return true;
    while (vd_at(*in, n) >= '0' && vd_at(*in, n) <= '9')
        n++;
    *in = vd_span_skip(*in, n);
    return n > 0;
}

bool vd_time_read(struct vd_span in, int64_t *ret)
{
    struct vd_civil c = { 0 };
    unsigned year = 0, oh = 0, om = 0;
    int64_t offset = 0;

    if (!digits(&in, 4, &year) || !vd_take_tag(&in, "-") || !digits(&in, 2, &c.month) ||
        !vd_take_tag(&in, "-") || !digits(&in, 2, &c.day))
        return false;
    if (!vd_take_tag(&in, "T") && !vd_take_tag(&in, "t") && !vd_take_tag(&in, " "))
        return false;
    if (!digits(&in, 2, &c.hour) || !vd_take_tag(&in, ":") || !digits(&in, 2, &c.minute) ||
        !vd_take_tag(&in, ":") || !digits(&in, 2, &c.second) || !skip_fraction(&in))
        return false;
    if (!vd_take_tag(&in, "Z") && !vd_take_tag(&in, "z")) {
        bool minus = vd_take_tag(&in, "-");
        if ((!minus && !vd_take_tag(&in, "+")) || !digits(&in, 2, &oh) || !vd_take_tag(&in, ":") ||
            !digits(&in, 2, &om) || oh > 23 || om > 59)
            return false;
        offset = ((int64_t)oh * 60 + om) * 60 * (minus ? -1 : 1);
    }
    c.year = year;
    if (in.n != 0 || !vd_civil_valid(c))
        return false;
    *ret = vd_civil_to_unix(c) - offset;
    return true;
}

/* RFC 3629: shortest form only, no surrogates, up to U+10FFFF. */
bool vd_utf8_valid(struct vd_span text)
{
    for (size_t i = 0; i < text.n;) {
        uint8_t c = text.p[i++];
        unsigned more = c < 0x80 ? 0 : c >= 0xC2 && c <= 0xDF ? 1 : (c & 0xF0) == 0xE0 ? 2
                        : c >= 0xF0 && c <= 0xF4 ? 3 : 4;
        uint8_t low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
        uint8_t high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
        if (more == 4)
            return false;
        for (; more > 0; more--, low = 0x80, high = 0xBF) {
            uint8_t next = vd_at(text, i++);
            if (i > text.n || next < low || next > high)
                return false;
        }
    }
    return true;
}

bool vd_duration_read(struct vd_span text, int64_t *ret)
{
    static const struct {
        char unit;
        uint64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
    struct vd_span digits;
    uint64_t n;

    if (text.n < 2 || !vd_take(&text, text.n - 1, &digits) || !vd_decimal_read(digits, 1000000000, &n))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (vd_at(text, 0) == (uint8_t)units[i].unit) {
            *ret = (int64_t)(n * units[i].seconds);
            return n > 0;
        }
    }
    return false;
}

bool vd_text_json(struct vd_buf *out, struct vd_span text)
{
    bool utf8 = vd_utf8_valid(text), ok = vd_buf_u8(out, '"');
    for (size_t i = 0; i < text.n && ok; i++) {
        uint8_t c = text.p[i];
        if (c == '"' || c == '\\')
            ok = vd_buf_u8(out, '\\') && vd_buf_u8(out, c);
        else if (c < 0x20 || c == 0x7F)
            ok = vd_buf_fmt(out, "\\u%04x", c);
        else if (c >= 0x80 && !utf8)
            ok = vd_buf_str(out, "\\ufffd");
        else
            ok = vd_buf_u8(out, c);
    }
    return ok && vd_buf_u8(out, '"');
}
