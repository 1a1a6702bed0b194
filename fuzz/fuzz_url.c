/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_url.c - which URLs are asked at all.
 *
 * Reaches: vd_url_fetchable vd_url_private_or_https
 * Properties: only http and https; what a node may be can be fetched; asked twice, the same.
 */
#include <strings.h>

#include "fuzz.h"
#include "http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *url = malloc(size + 1);
    bool fetchable, node;

    if (url == NULL)
        return 0;
    for (size_t i = 0; i < size; i++)
        url[i] = (char)data[i];
    url[size] = '\0';
    fetchable = vd_url_fetchable(url) == VD_URL_OK;
    node = vd_url_private_or_https(url) == VD_URL_OK;
    INVARIANT(!node || fetchable);
    INVARIANT(node == (vd_url_private_or_https(url) == VD_URL_OK) &&
              fetchable == (vd_url_fetchable(url) == VD_URL_OK));
    INVARIANT(!fetchable || strncasecmp(url, "http", 4) == 0);
    free(url);
    return 0;
}
