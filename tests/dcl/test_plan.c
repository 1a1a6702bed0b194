/* SPDX-License-Identifier: Apache-2.0
 *
 * test_plan.c - the cheapest way through the deltas, against all ways.
 */
#include "limits.h"
#include "plan.h"
#include "unit.h"

#define MOST 24u

struct step {
    uint64_t from, to, size;
};

static void write_index(const struct step *steps, size_t n, uint64_t number, struct vd_buf *out)
{
    struct vd_index_entry e[MOST];
    const struct vd_signed frame = { .kind = VD_DOC_INDEX, .network = 2, .feed = "test", .epoch = 1,
                                     .number = number, .created = 1 };
    for (size_t i = 0; i < n; i++)
        e[i] = (struct vd_index_entry){ .kind = 1, .from = steps[i].from, .to = steps[i].to,
                                        .size = steps[i].size,
                                        .sha256 = { steps[i].size ? 1 : 0 } };
    assert_true(vd_index_write(&frame, 1, e, n, out));
}

/* Every way from `at` on, by recursion. */
static uint64_t cheapest(const struct step *steps, size_t n, uint64_t at, uint64_t number)
{
    uint64_t best = at == number ? 0 : UINT64_MAX;
    for (size_t i = 0; i < n; i++) {
        uint64_t rest, own = steps[i].size == 0 ? 0 : steps[i].size + VD_REQUEST_COST;
        if (steps[i].from != at)
            continue;
        rest = cheapest(steps, n, steps[i].to, number);
        if (rest != UINT64_MAX && own + rest < best)
            best = own + rest;
    }
    return best;
}

static void check(const struct step *steps, size_t n, uint64_t from, uint64_t number, uint64_t whole)
{
    struct vd_buf bytes = VD_BUF(VD_MAX_INDEX);
    struct vd_index index;
    struct vd_plan plan;
    const char *wrong;
    uint64_t want = cheapest(steps, n, from, number), at = from, cost = 0;

    write_index(steps, n, number, &bytes);
    wrong = vd_index_read(vd_buf_span(&bytes), &index);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    assert_true(vd_plan_make(&index, 1, from, whole, &plan));
    if (want > whole + VD_REQUEST_COST || from == number)
        want = whole + VD_REQUEST_COST;
    assert_int_equal(plan.cost, want);
    for (size_t i = 0; i < plan.n; i++) { /* the steps are a way, and cost what is said */
        struct vd_index_entry e;
        assert_true(vd_index_at(&index, plan.steps[i], &e));
        assert_int_equal(e.from, at);
        at = e.to;
        cost += e.size == 0 ? 0 : e.size + VD_REQUEST_COST;
    }
    assert_true(plan.n == 0 || (at == number && cost == plan.cost));
    vd_buf_free(&bytes);
}

static void by_hand(void **state)
{
    static const struct step chain[] = { { 1, 2, 100 }, { 1, 3, 150 }, { 2, 3, 100 }, { 1, 5, 260 },
                                         { 3, 5, 180 }, { 4, 5, 90 } };
    static const struct step same[] = { { 1, 2, 100 }, { 2, 3, 0 }, { 3, 4, 100 } };
    (void)state;
    check(chain, 6, 1, 5, 100000);
    check(chain, 6, 2, 5, 100000);
    check(chain, 6, 4, 5, 100000);
    check(chain, 6, 1, 5, 100); /* the whole file is smaller */
    check(chain, 6, 6, 7, 5000);
    check(same, 3, 1, 4, 100000);
    check(same, 2, 2, 3, 100000); /* nothing to fetch at all */
    check(NULL, 0, 1, 2, 100);
}

static void at_random(void **state)
{
    uint64_t noise = 7;
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        struct step steps[MOST];
        size_t n = 0;
        const uint64_t number = 9;
        for (uint64_t to = 2; to <= number; to++) {
            for (uint64_t from = 1; from < to && n < MOST; from++) {
                noise = noise * UINT64_C(6364136223846793005) + 1442695040888963407;
                if ((noise >> 40) % 3 == 0)
                    steps[n++] = (struct step){ from, to, (noise >> 33) % 9 == 0 ? 0 : (noise >> 33) % 2000 + 1 };
            }
        }
        check(steps, n, 1 + (noise >> 50) % 8, number, (noise >> 20) % 6000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(by_hand), cmocka_unit_test(at_random) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
