/* SPDX-License-Identifier: Apache-2.0
 *
 * controller MIRROR ROOT STORE SECONDS DAC PAI [DAC PAI]... - a hub of the test network: pulls snapshots in
 * the background, swaps them while others ask, and looks up its devices once a second, until SIGTERM.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <veridac/dcl.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static veridac_snapshot *current; /* changes under the lock */
static volatile sig_atomic_t ended;

static void end(int number) { ended = number; }
static int32_t stop(void *user) { (void)user; return ended; }
static void rest(unsigned seconds) { while (seconds-- > 0 && !ended) sleep(1); }

static veridac_bytes slurp(const char *path)
{
    uint8_t *data = malloc(65536);
    FILE *f = fopen(path, "rb");
    if (f == NULL || data == NULL)
        exit((perror(path), 74));
    veridac_bytes ret = { data, fread(data, 1, 65536, f) };
    (void)fclose(f);
    return ret;
}

/* Who asks meanwhile keeps the old one until he is done; when a pull fails, it stays in force. */
static void *update(void *argv)
{
    veridac_pull_options o = { .size = sizeof o, .urls = (const char **)argv + 1, .n_urls = 1,
                               .root = slurp(((char **)argv)[2]), .store = ((char **)argv)[3], .stop = stop };
    for (; !ended; rest((unsigned)atoi(((char **)argv)[4]))) {
        veridac_buffer report = { NULL, 0 };
        veridac_snapshot *next = NULL, *old;
        veridac_error why;
        o.at = time(NULL);
        if (veridac_pull(&o, &report, &why) != VERIDAC_OK)
            fprintf(stderr, "%s\n", why.text);
        veridac_buffer_free(&report);
        if (veridac_store_open(o.store, &next, NULL) != VERIDAC_OK)
            continue;
        pthread_rwlock_wrlock(&lock);
        old = current, current = next;
        pthread_rwlock_unlock(&lock);
        veridac_snapshot_free(old); /* nobody is inside any more */
    }
    return NULL;
}

int main(int argc, char **argv)
{
    const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                    .network = VERIDAC_NETWORK_TEST };
    veridac_result_view v = { .size = sizeof v };
    veridac_trust *nobody; /* revocation alone: the devices were judged when they were commissioned */
    veridac_result *result;
    pthread_t updater;
    if (argc < 7 || veridac_trust_new(&nobody) || veridac_result_new(&result) ||
        signal(SIGTERM, end) == SIG_ERR || pthread_create(&updater, NULL, update, argv) != 0)
        return 64;
    for (int i = 5; !ended; i = i + 3 < argc ? i + 2 : (rest(1), 5)) {
        const veridac_device d = { .size = sizeof d, .dac = slurp(argv[i]), .pai = slurp(argv[i + 1]),
                                   .vid = -1, .pid = -1, .software_version = -1 };
        pthread_rwlock_rdlock(&lock); /* without a snapshot the answer is "no-data" */
        if (!veridac_verify(NULL, &d, nobody, (const veridac_snapshot *const *)&current, current != NULL,
                            &policy, time(NULL), result) && !veridac_result_look(result, &v))
            printf("%s: %s\n", argv[i], v.dac->status == VERIDAC_UNKNOWN ? veridac_reason_text(v.dac->reason)
                                        : v.dac->status == VERIDAC_GOOD  ? "good" : "revoked");
        (void)(fflush(stdout), pthread_rwlock_unlock(&lock));
        free((void *)d.dac.data), free((void *)d.pai.data);
    }
    return pthread_join(updater, NULL);
}
