/* SPDX-License-Identifier: Apache-2.0
 *
 * signer.c - signatures by a command of the operator: the private key may lie in a token, on another
 * machine, or with somebody who looks at what is signed.
 */
#include "signer.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_child(const char *command, int in, int out)
{
    (void)dup2(in, STDIN_FILENO);
    (void)dup2(out, STDOUT_FILENO);
    (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static bool give(int fd, veridac_bytes message)
{
    size_t n = 0;
    while (n < message.size) {
        ssize_t put = write(fd, message.data + n, message.size - n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        n += (size_t)put;
    }
    return true;
}

/* Up to `room` octets; one more is too many. */
static bool take(int fd, uint8_t *to, size_t room, size_t *ret)
{
    uint8_t more;
    size_t n = 0;
    for (;;) {
        ssize_t got = n < room ? read(fd, to + n, room - n) : read(fd, &more, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0) {
            *ret = n;
            return true;
        }
        if (got < 0 || n == room)
            return false;
        n += (size_t)got;
    }
}

/* Parent's side: everything in, everything out, and how the command ended. */
static int32_t talk(pid_t child, int to, int from, veridac_bytes message, uint8_t *signature,
                    size_t room, size_t *ret_size)
{
    bool ok = give(to, message);
    int status = 0;

    (void)close(to);
    ok = take(from, signature, room, ret_size) && ok;
    (void)close(from);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return ok && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int32_t sign_by_command(void *user, veridac_bytes message, uint8_t *signature, size_t room,
                               size_t *ret_size)
{
    int to[2], from[2];
    pid_t child;

    (void)signal(SIGPIPE, SIG_IGN); /* a command that does not read is an error, not our end */
    if (pipe(to) != 0)
        return -1;
    if (pipe(from) != 0) {
        (void)close(to[0]);
        (void)close(to[1]);
        return -1;
    }
    child = fork();
    if (child == 0) {
        (void)close(to[1]);
        (void)close(from[0]);
        run_child(user, to[0], from[1]);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    if (child < 0) {
        (void)close(to[1]);
        (void)close(from[0]);
        return -1;
    }
    return talk(child, to[1], from[0], message, signature, room, ret_size);
}

int cli_signers_read(const char *command, struct cli_signers *s)
{
    int code = 0;

    if (s->keys.n == 0)
        return cli_fail(EXIT_USAGE, "%s: --key F is needed", command);
    if (s->keys.n > CLI_MAX_SIGNERS || (s->command != NULL && s->keys.n > 1))
        return cli_fail(EXIT_USAGE, "%s: at most %d --key, and one with --signer", command,
                        CLI_MAX_SIGNERS);
    for (size_t i = 0; i < s->keys.n && code == 0; i++) {
        code = cli_read(s->keys.v[i], &s->pem[i]);
        s->v[i] = (veridac_signer){ .size = sizeof s->v[i], .key = cli_bytes(&s->pem[i]) };
        s->n = i + 1;
    }
    if (s->command != NULL) {
        s->v[0].sign = sign_by_command;
        s->v[0].user = (void *)(uintptr_t)s->command;
    }
    return code;
}

void cli_signers_free(struct cli_signers *s)
{
    for (size_t i = 0; i < s->n; i++)
        veridac_buffer_free(&s->pem[i]);
    cli_list_free(&s->keys);
}
