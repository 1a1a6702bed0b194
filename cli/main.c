/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c - the program: a table of commands.
 */
#include <signal.h>
#include <string.h>

#include "cli.h"

static const struct cli_command commands[] = {
    { "verify", "judge one device: certificates, declaration, response, revocation",
      "--dac F --pai F [--elements F --signature F --challenge HEX --nonce HEX --vid ID --pid ID]\n"
      "       veridac verify --case F",
      cmd_verify },
    { "sync", "ledger and CRLs -> evidence in a state folder", "--dcl URL --state DIR", cmd_sync },
    { "revset", "ledger records and CRLs from files -> verified revocation set",
      "--points F --crl URL=F... --trust PATH...", cmd_revset },
    { "build", "evidence or files -> bundle", "(--state DIR | --points F --crl URL=F...) --out F",
      cmd_build },
    { "state", "a state folder: into one file, out of it, and without its oldest runs",
      "(export --out F | import --in F | gc --keep N) --state DIR", cmd_state },
    { "publish", "evidence -> bundle -> signed repository of static files",
      "--state DIR --repo DIR --root F --key F", cmd_publish },
    { "pull", "repository -> local store", "--from URL --root F --store DIR", cmd_pull },
    { "show", "print what a certificate, CRL, declaration, head or bundle says", "FILE", cmd_show },
    { "serve", "a repository or a store over HTTP: a hub for its own devices", "DIR", cmd_serve },
    { "keygen", "a new key pair that signs documents", "--out F", cmd_keygen },
    { "root", "which keys may sign what, and which anchors are trusted",
      "init|add|rotate|sign|trust", cmd_root },
    { "rules", "local rules: what is refused beside what the ledger revokes",
      "add|remove|list|check|sign|ingest FILE", cmd_rules },
    { "audit", "judge every device of an inventory", "INVENTORY --store DIR...", cmd_audit },
    { "fleet", "what of a fleet expires when", "horizon [INVENTORY] [--store DIR...]", cmd_fleet },
    { "trail", "what was found and changed: check it, search it, check a receipt",
      "verify|find|checkpoint|receipt F", cmd_trail },
    { "store", "what is in a store", "list|check|gc DIR", cmd_store },
};

#define N_COMMANDS (sizeof commands / sizeof commands[0])

const struct cli_command *cli_command(const char *name)
{
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static void print_help(FILE *to)
{
    (void)fputs("usage: veridac COMMAND [OPTIONS]\n\n", to);
    for (size_t i = 0; i < N_COMMANDS; i++)
        (void)fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].what);
    (void)fputs("\nveridac COMMAND --help lists the options of a command.\n"
                "Exit codes: 0 accepted or done, 1 rejected, 2 undetermined, 64 usage,\n"
                "65 unusable data, 70 internal, 74 input or output.\n",
                to);
}

int main(int argc, char **argv)
{
    const struct cli_command *command;

#ifdef SIGXFSZ
    (void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error to report, not an end */
#endif
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return cli_flush(EXIT_ACCEPTED);
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("veridac %s\n", veridac_version());
        return cli_flush(EXIT_ACCEPTED);
    }
    command = cli_command(argv[1]);
    if (command == NULL)
        return cli_fail(EXIT_USAGE, "no command is called '%s'; veridac --help lists them", argv[1]);
    return cli_flush(command->run(argc - 1, argv + 1));
}
