/* SPDX-License-Identifier: Apache-2.0
 *
 * fail.c - a status, and one line that says why.
 */
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>

#include "sig.h"

veridac_status vd_fail(veridac_error *err, veridac_status status, const char *fmt, ...)
{
    va_list ap;
    if (err != NULL) {
        va_start(ap, fmt);
        (void)vsnprintf(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
    }
    return status;
}

veridac_status vd_wrong(const char *wrong, veridac_status status)
{
    return wrong == vd_no_memory ? VERIDAC_NO_MEMORY : status;
}

veridac_status vd_give(struct vd_buf *b, veridac_buffer *ret)
{
    size_t n = b->n;
    if (b->failed || !vd_buf_u8(b, 0)) {
        vd_buf_free(b);
        return VERIDAC_NO_MEMORY;
    }
    *ret = (veridac_buffer){ b->p, n };
    return VERIDAC_OK;
}

bool vd_report_fits(const veridac_load_report *report)
{
    return report == NULL || vd_sized_fits(VD_UPTO(veridac_load_report, text), report);
}

void vd_report_give(veridac_load_report *report, uint32_t added, uint32_t broken, struct vd_span text)
{
    veridac_load_report view = { .added = added, .broken = broken };
    if (report == NULL)
        return;
    (void)vd_copy(view.text, sizeof view.text - 1, text);
    vd_sized_give(report, &view, sizeof view);
}

bool vd_stop_asked(const struct vd_stop *stop)
{
    return stop != NULL && stop->ask != NULL && stop->ask(stop->user) != 0;
}
