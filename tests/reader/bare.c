/* SPDX-License-Identifier: Apache-2.0
 *
 * bare.c - the questions on a Cortex-M without anything: a vector table, and semihosting for the words.
 */
#include <stddef.h>
#include <stdint.h>

#include "ask.h"

extern uint32_t stack_top;
void reset(void);
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {
    &stack_top, (const void *)reset,
};

/* What a compiler may call on its own. */
void *memcpy(void *to, const void *from, size_t n)
{
    uint8_t *a = to;
    const uint8_t *b = from;
    while (n-- > 0)
        *a++ = *b++;
    return to;
}

void *memset(void *to, int c, size_t n)
{
    uint8_t *a = to;
    while (n-- > 0)
        *a++ = (uint8_t)c;
    return to;
}

static void semihost(uint32_t what, const void *with)
{
    register uint32_t r0 __asm__("r0") = what;
    register const void *r1 __asm__("r1") = with;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

void say(const char *text)
{
    semihost(0x04, text); /* SYS_WRITE0 */
}

void reset(void)
{
    uint32_t end[2] = { 0x20026, 0 }; /* ADP_Stopped_ApplicationExit */
    end[1] = (uint32_t)ask_all();
    semihost(0x20, end); /* SYS_EXIT_EXTENDED */
    for (;;)
        ;
}
