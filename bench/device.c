/* SPDX-License-Identifier: Apache-2.0
 *
 * device.c - loading one made device.
 */
#include "device.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

veridac_bytes device_file(const char *folder, const char *name)
{
    char path[1024];
    uint8_t *p = malloc(65536);
    size_t n;
    FILE *f;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "rb");
    if (f == NULL || p == NULL) {
        (void)fprintf(stderr, "bench: %s is not there\n", path);
        exit(74);
    }
    n = fread(p, 1, 65536, f);
    (void)fclose(f);
    return (veridac_bytes){ p, n };
}

/* "key: value" of case.txt */
static const char *value_of(const char *text, const char *key, char *ret, size_t room)
{
    const char *at = strstr(text, key);
    size_t n = strlen(key);
    ret[0] = '\0';
    if (at == NULL)
        return ret;
    at += n + 2;
    (void)snprintf(ret, room, "%.*s", (int)strcspn(at, "\n"), at);
    return ret;
}

static veridac_bytes hex_of(const char *text, const char *key)
{
    char value[256];
    veridac_buffer out = { NULL, 0 };
    (void)value_of(text, key, value, sizeof value);
    (void)veridac_unwrap((veridac_bytes){ (const uint8_t *)value, strlen(value) },
                         VERIDAC_MEANT_FIRST, &out, NULL, NULL);
    return (veridac_bytes){ out.data, out.size };
}

void device_load(const char *folder, struct device *d)
{
    veridac_bytes text = device_file(folder, "case.txt");
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    char value[64], *c = (char *)(uintptr_t)text.data;
    veridac_bytes paa = device_file(folder, "trust/0-paa.der");
    veridac_bytes signer = device_file(folder, "cd-signers/0-cdsigner.der");

    c[text.size] = '\0';
    d->in = (veridac_device){ .size = sizeof d->in,
                              .dac = device_file(folder, "dac.der"),
                              .pai = device_file(folder, "pai.der"),
                              .elements = device_file(folder, "elements.bin"),
                              .signature = device_file(folder, "signature.bin"),
                              .challenge = hex_of(c, "challenge"),
                              .nonce = hex_of(c, "nonce"),
                              .vid = (int32_t)strtol(value_of(c, "vid", value, 64), NULL, 10),
                              .pid = (int32_t)strtol(value_of(c, "pid", value, 64), NULL, 10),
                              .software_version = -1 };
    d->at = strtoll(value_of(c, "\nat", value, 64), NULL, 10);
    d->policy = (veridac_policy){ .size = sizeof d->policy, .preset = VERIDAC_POLICY_PERMISSIVE,
                                  .network = VERIDAC_NETWORK_TEST };
    if (veridac_trust_new(&d->trust) != VERIDAC_OK ||
        veridac_trust_add_paa(d->trust, paa, &from, NULL) != VERIDAC_OK ||
        veridac_trust_add_cd_signer(d->trust, signer, &from, NULL) != VERIDAC_OK ||
        veridac_result_new(&d->result) != VERIDAC_OK)
        exit(70);
}

static void add_paa(struct device *d, const char *folder, const char *name)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    veridac_bytes der = device_file(folder, name);
    if (veridac_trust_add_paa(d->trust, der, &from, NULL) != VERIDAC_OK) {
        (void)fprintf(stderr, "bench: %s/%s is not taken as a PAA\n", folder, name);
        exit(65);
    }
    free((void *)(uintptr_t)der.data);
}

unsigned device_add_paas(struct device *d, const char *root)
{
    veridac_trust_view view = { .size = sizeof view };
    DIR *dir = opendir(root);
    struct dirent *e;
    char folder[2048];

    while (dir != NULL && (e = readdir(dir)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(folder, sizeof folder, "%s/%s/good/trust", root, e->d_name);
        add_paa(d, folder, "0-paa.der");
        add_paa(d, folder, "1-spare.der");
    }
    if (dir != NULL)
        (void)closedir(dir);
    if (veridac_trust_look(d->trust, &view) != VERIDAC_OK)
        exit(70);
    return view.test_paas;
}

bool device_attest(struct device *d)
{
    veridac_result_view view = { .size = sizeof view };
    return veridac_verify(d->context, &d->in, d->trust, NULL, 0, &d->policy, d->at, d->result) ==
               VERIDAC_OK &&
           veridac_result_look(d->result, &view) == VERIDAC_OK && view.verdict == VERIDAC_ACCEPT;
}
