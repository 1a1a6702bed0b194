/* SPDX-License-Identifier: Apache-2.0
 *
 * ticks.h - how long something takes.
 *
 * Owns:           a clock that only runs forward.
 * Must not know:  what time it is: that is for the caller to say.
 */
#ifndef DCL_TICKS_H
#define DCL_TICKS_H

#include <stdint.h>

int64_t vd_ticks_ms(void); /* since some moment in the past */

#endif
