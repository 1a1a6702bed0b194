/* SPDX-License-Identifier: Apache-2.0
 *
 * cert_ops_field.c - operators on version, serial number, times and unique identifiers.
 */
#include "cert_ops.h"
#include "ops_fields.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* notBefore of every good certificate: 2022-09-23T00:00:00Z. */
#define MOMENT INT64_C(1663891200)

bool cert_version(struct family *f)
{
    static const struct {
        uint8_t n, octets[6];
    } rows[] = {
        { 0, { 0 } }, /* absent: version 1 */
        { 5, { 0xA0, 0x03, 0x02, 0x01, 0x00 } },
        { 5, { 0xA0, 0x03, 0x02, 0x01, 0x01 } },
        { 5, { 0xA0, 0x03, 0x02, 0x01, 0x02 } },
        { 5, { 0xA0, 0x03, 0x02, 0x01, 0x03 } },
        { 5, { 0xA0, 0x03, 0x02, 0x01, 0xFE } },
        { 6, { 0xA0, 0x04, 0x02, 0x02, 0x00, 0x02 } },
        { 6, { 0xA0, 0x04, 0x02, 0x02, 0x01, 0x02 } },
        { 3, { 0x02, 0x01, 0x02 } },
        { 2, { 0xA0, 0x00 } },
    };
    size_t i = rng_below(f->rng, COUNT(rows));
    tree_set_raw(cert_target(f)->version, (struct bytes){ rows[i].octets, rows[i].n });
    return true;
}

bool cert_serial(struct family *f)
{
    return ops_number(f->rng, f->a, cert_target(f)->serial);
}

static struct element *some_time(struct family *f)
{
    struct element *validity = cert_target(f)->validity;
    return validity->parent && validity->n_v == 2 ? validity->v[rng_below(f->rng, 2)] : NULL;
}

/* Around the one moment at which all three are judged. */
bool cert_time_edge(struct family *f)
{
    static const int64_t by[] = { 0, 0, 1, -1, 60, -60, 86400, -86400, 31536000, -31536000 };
    struct element *e = some_time(f);
    if (e == NULL)
        return false;
    ops_time(f->a, e, MOMENT + by[rng_below(f->rng, COUNT(by))], TIME_AS_RFC5280);
    return true;
}

bool cert_time_text(struct family *f)
{
    struct element *e = some_time(f);
    return e != NULL && ops_time_text(f->rng, f->a, e);
}

bool cert_time_form(struct family *f)
{
    static const int64_t moments[] = {
        MOMENT,
        MOMENT + 1,
        INT64_C(2524607999),
        INT64_C(2524608000),
        INT64_C(2524608001),
        INT64_C(-1),
        INT64_C(0),
        INT64_C(-631152000),
        INT64_C(-631152001),
        INT64_C(4294967296),
        INT64_C(1951776000),
    };
    struct element *e = some_time(f);
    if (e == NULL)
        return false;
    ops_time(f->a, e, moments[rng_below(f->rng, COUNT(moments))],
             rng_one_in(f->rng, 2) ? TIME_UTC : TIME_GENERALIZED);
    return true;
}

bool cert_unique_id(struct family *f)
{
    static const struct {
        uint8_t n, octets[6];
    } rows[] = {
        { 4, { 0x81, 0x02, 0x00, 0x55 } },
        { 4, { 0x82, 0x02, 0x00, 0x55 } },
        { 3, { 0x81, 0x01, 0x00 } },
        { 4, { 0x82, 0x02, 0x04, 0x50 } },
        { 4, { 0x81, 0x02, 0x04, 0x55 } },
        { 4, { 0x81, 0x02, 0x08, 0x00 } },
        { 2, { 0x81, 0x00 } },
        { 6, { 0xA1, 0x04, 0x03, 0x02, 0x00, 0x55 } },
        { 3, { 0x82, 0x01, 0x05 } },
        { 4, { 0x83, 0x02, 0x00, 0x55 } },
    };
    struct element *tbs = cert_target(f)->tbs, *id = tree_node(f->a, 0);
    size_t i = rng_below(f->rng, COUNT(rows));

    if (!tbs->parent || tbs->n_v < 7)
        return false;
    tree_set_raw(id, (struct bytes){ rows[i].octets, rows[i].n });
    tree_insert(f->a, tbs, 7, id);
    if (rng_one_in(f->rng, 4)) /* both, or the same twice */
        tree_insert(f->a, tbs, rng_one_in(f->rng, 2) ? 8 : 7, tree_clone(f->a, id));
    return true;
}
