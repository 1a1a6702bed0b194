/* SPDX-License-Identifier: Apache-2.0
 *
 * cli.h - what the commands share: exit codes, messages, options, files.
 *
 * The program is the first user of both libraries: it owns the clock, the terminal, the files that
 * an operator names and the exit codes, and no rule.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stdio.h>
#include <veridac/veridac.h>

enum {
    EXIT_ACCEPTED = 0,     /* accepted, or done */
    EXIT_REJECTED = 1,     /* rejected, or revoked */
    EXIT_UNDETERMINED = 2,
    EXIT_USAGE = 64,       /* options and their values */
    EXIT_DATA = 65,        /* an operator's file that cannot be used */
    EXIT_INTERNAL = 70,
    EXIT_IO = 74           /* files and servers */
};

/* One line on standard error, "veridac: ...". Hands `code` back. */
int cli_fail(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cli_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int cli_exit_of(veridac_status status);

/* ---- options ---- */

enum cli_kind {
    CLI_FLAG,     /* bool */
    CLI_TEXT,     /* const char * */
    CLI_LIST,     /* struct cli_list */
    CLI_ID,       /* int32_t, 0x0000 to 0xFFFF */
    CLI_NUMBER,   /* int64_t, 0 to 2^32 - 1 */
    CLI_SIZE,     /* int64_t bytes: 1000, 64K, 10M, 4G */
    CLI_TIME,     /* int64_t, RFC 3339 */
    CLI_DURATION, /* int64_t seconds: 90s, 15m, 72h, 7d */
    CLI_NETWORK,  /* int32_t, VERIDAC_NETWORK_* */
    CLI_PRESET,   /* int32_t, VERIDAC_POLICY_* */
    CLI_REASONS,  /* uint32_t, bits of VERIDAC_REASON_* */
    CLI_ALGORITHM, /* int32_t, VERIDAC_KEY_* */
    CLI_TIER      /* int32_t, VERIDAC_KIND_* */
};

struct cli_list {
    const char **v;
    size_t n, cap;
};

struct cli_option {
    const char *name; /* without dashes */
    enum cli_kind kind;
    void *to;
    const char *value, *what; /* for the help text */
};

struct cli_command {
    const char *name, *what, *usage;
    int (*run)(int argc, char **argv);
};

/* Fills the options from argv[1..]; at most max_words other words go to `words`. Returns 0, or the
 * exit code after a message. --help prints the options and sets *helped. */
int cli_parse(const struct cli_command *command, int argc, char **argv,
              const struct cli_option *options, size_t n, struct cli_list *words,
              size_t max_words, bool *helped);
void cli_list_free(struct cli_list *list);
bool cli_list_add(struct cli_list *list, const char *text);

int64_t cli_now(void);
uint64_t cli_random(void); /* to spread load; nothing secret is made of it */

/* ---- files ---- */

/* The bytes of a file, or of standard input for "-". At most 64 MiB. 0 or an exit code after a
 * message. */
int cli_read(const char *path, veridac_buffer *ret);
/* The same piece by piece, of any size; `take` ends it with something else than 0. */
int cli_stream(const char *path, int (*take)(void *user, veridac_bytes piece), void *user);
/* Undoes PEM, hex, base64 and logs; `meant` as for veridac_unwrap. `path` is for the message. */
int cli_unwrap(const char *path, veridac_bytes raw, int32_t meant, veridac_buffer *ret);
/* Both: reads and undoes. */
int cli_read_unwrapped(const char *path, int32_t meant, veridac_buffer *ret);
/* Writes a new file in one step (temporary name, fsync, rename); mode as for open(2). */
int cli_write(const char *path, veridac_bytes bytes, unsigned mode);
/* Standard output; says so when it could not be written. */
int cli_print(veridac_bytes text);
int cli_flush(int code);
bool cli_is_folder(const char *path);
int64_t cli_modified(const char *path); /* when the file was last written; 0: not known */
/* Calls `take` for every file of a folder, sorted by name. */
int cli_each_file(const char *path, int (*take)(void *user, const char *file), void *user);

veridac_bytes cli_bytes(const veridac_buffer *b);

/* Certification records of the ledger (JSON) as a compliance part. */
int cli_read_compliance(const char *file, int32_t network, veridac_buffer *ret);

/* ---- trust ---- */

/* What --trust, --cd-signers and --withdrawn named. */
struct cli_trust {
    struct cli_list paas, signers, withdrawn;
};

/* Loads every PATH (file or folder) into a new handle. A bad file in a folder is reported and left
 * out; a bad file named alone, or nothing usable at all, is an error. */
int cli_load_trust(const struct cli_trust *from, int32_t network, veridac_trust **ret);
void cli_trust_free(struct cli_trust *from);

/* ---- commands ---- */

int cmd_verify(int argc, char **argv);
int cmd_state(int argc, char **argv);
int cmd_sync(int argc, char **argv);
int cmd_revset(int argc, char **argv);
int cmd_build(int argc, char **argv);
int cmd_publish(int argc, char **argv);
int cmd_pull(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_keygen(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_root(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_store(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_fleet(int argc, char **argv);
int cmd_trail(int argc, char **argv);
const struct cli_command *cli_command(const char *name);

#endif
