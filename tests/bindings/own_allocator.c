/* SPDX-License-Identifier: Apache-2.0
 *
 * own_allocator.c - an arena for libveridac, and a program that judges the device of a case with it.
 *
 *   own_allocator CASE AT BUNDLE    prints the verdict; what is left in the arena is an error
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <veridac/veridac.h>

void *own_malloc(size_t n);
void *own_calloc(size_t n, size_t size);
void *own_realloc(void *p, size_t n);
void own_free(void *p);

/* Bump allocation, each block behind its size; nothing is used again. */
static _Alignas(16) uint8_t arena[64u << 20];
static size_t used, live, calls;

void *own_malloc(size_t n)
{
    const size_t whole = 16 + (n + 15) / 16 * 16;
    if (n > sizeof arena || whole > sizeof arena - used)
        return NULL;
    memcpy(arena + used, &n, sizeof n);
    used += whole;
    live++;
    calls++;
    return arena + used - whole + 16;
}

void *own_calloc(size_t n, size_t size)
{
    return size != 0 && n > SIZE_MAX / size ? NULL : own_malloc(n * size); /* the arena is zero */
}

void own_free(void *p)
{
    live -= p != NULL;
}

void *own_realloc(void *p, size_t n)
{
    void *to = own_malloc(n);
    size_t had = 0;
    if (to == NULL || p == NULL)
        return to;
    memcpy(&had, (uint8_t *)p - 16, sizeof had);
    memcpy(to, p, had < n ? had : n);
    own_free(p);
    return to;
}

static veridac_bytes slurp(const char *folder, const char *name)
{
    uint8_t *data = malloc(65536);
    char path[1024];
    FILE *f;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "rb");
    if (f == NULL || data == NULL)
        exit((perror(path), 74));
    veridac_bytes ret = { data, fread(data, 1, 65536, f) };
    (void)fclose(f);
    return ret;
}

int main(int argc, char **argv)
{
    const veridac_trust_source test = { .size = sizeof test, .network = VERIDAC_NETWORK_TEST };
    const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_PERMISSIVE,
                                    .network = VERIDAC_NETWORK_TEST };
    veridac_result_view view = { .size = sizeof view };
    veridac_snapshot *snapshot = NULL;
    veridac_buffer text = { NULL, 0 };
    veridac_context *context = NULL;
    veridac_result *result = NULL;
    veridac_trust *trust = NULL;
    if (argc != 4)
        return 64;
    const veridac_snapshot_options o = { .size = sizeof o, .path = argv[3] };
    const veridac_device d = { .size = sizeof d, .dac = slurp(argv[1], "dac.der"), .pai = slurp(argv[1], "pai.der"),
                               .vid = -1, .pid = -1, .software_version = -1 };
    if (veridac_trust_new(&trust) || veridac_context_new(&context) || veridac_result_new(&result) ||
        veridac_trust_add_paa(trust, slurp(argv[1], "trust/0-paa.der"), &test, NULL) ||
        veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &o, &snapshot, NULL) ||
        veridac_verify(context, &d, trust, (const veridac_snapshot *const *)&snapshot, 1, &policy,
                       strtoll(argv[2], NULL, 10), result) ||
        veridac_result_look(result, &view) || veridac_result_json(result, &text))
        return 70;
    printf("%s, %zu allocations\n", veridac_verdict_text(view.verdict), calls);
    veridac_buffer_free(&text);
    veridac_result_free(result);
    veridac_snapshot_free(snapshot);
    veridac_context_free(context);
    veridac_trust_free(trust);
    return live == 0 && calls > 10 ? 0 : 1;
}
