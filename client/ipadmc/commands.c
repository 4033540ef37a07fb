/* SPDX-License-Identifier: ISC */
/* The table of sub-commands: main.c finds the command in it, and both kinds of --help print it. */
#include "client/ipadmc/ipadmc.h"

#include <string.h>

#define FIELDS (TAKES_MAC | TAKES_ALIAS | TAKES_MX | TAKES_COMMENT)

const struct command ipadmc_commands[] = {
    {"list", "", 0, 0, 0, false, ipadmc_list, "all subnets: how full, what is wrong, who edits",
	NULL},
    {"get", "SUBNET", 1, 1, 0, false, ipadmc_get, "the file as it is, byte for byte", NULL},
    {"check", "[SUBNET|FILE]", 0, 1, 0, false, ipadmc_check, "what is wrong",
	"Without an operand all files are checked.  An operand with a slash in it (./Subnet_7.sdb) "
	"is "
	"a file of yours: it is checked as if the daemon had it in place of its own.  Exit status "
	"1: "
	"there are errors; warnings alone give 0."},
    {"free", "SUBNET", 1, 1, TAKES_LIMIT, false, ipadmc_free, "free addresses, one a line", NULL},
    {"search", "TEXT", 1, 1, TAKES_LIMIT, false, ipadmc_search, "nodes that hold TEXT in any field",
	"Exit status 1: there is none."},
    {"allocate", "SUBNET NAME", 2, 2, TAKES_MAC | TAKES_COMMENT | TAKES_COUNT | TAKES_MESSAGE,
	false, ipadmc_allocate, "give a node the next free address",
	"Prints the address and the name.  Two that ask at once never get the same one.  With "
	"--count "
	"the addresses are in a row and the nodes are called NAME-1, NAME-2, ..."},
    {"add", "SUBNET NAME ADDRESS", 3, 3, FIELDS | TAKES_MESSAGE, false, ipadmc_add, "add a node",
	NULL},
    {"change", "SUBNET NODE", 2, 2, FIELDS | TAKES_NAME | TAKES_ADDRESS | TAKES_MESSAGE, false,
	ipadmc_change, "change a node",
	"NODE is its address or its name.  Fields that are not given stay; \"\" empties one."},
    {"remove", "SUBNET NODE", 2, 2, TAKES_MESSAGE, false, ipadmc_remove, "remove a node",
	"NODE is its address or its name."},
    {"put", "SUBNET [FILE]", 1, 2, TAKES_BASE | TAKES_MESSAGE, false, ipadmc_put,
	"write the whole file, from FILE or standard input",
	"With --base, the version that your text was made from, what others have changed since is "
	"kept; without it the file becomes your text.  A file that is not there is made."},
    {"edit", "SUBNET", 1, 1, TAKES_MESSAGE, false, ipadmc_edit, "the whole file in your editor",
	"Takes the lock, starts $VISUAL, $EDITOR, editor or vi on a copy, checks what you saved, "
	"shows "
	"what you changed and asks for a comment. When the file was changed meanwhile, both are "
	"merged. A subnet that is not there is made."},
    {"lock", "SUBNET", 1, 1, 0, false, ipadmc_lock, "keep others from changing the file",
	"It stays until `unlock`; when its time is over others may take it."},
    {"unlock", "SUBNET", 1, 1, TAKES_FORCE, false, ipadmc_unlock, "free your lock", NULL},
    {"log", "[SUBNET [NODE]]", 0, 2, TAKES_LIMIT, false, ipadmc_log, "changes, newest first", NULL},
    {"diff", "SUBNET [FROM [TO]]", 1, 3, 0, false, ipadmc_diff,
	"what the last change did, or all since FROM",
	"FROM and TO are commits, as `log` shows them."},
    {"show", "SUBNET COMMIT", 2, 2, 0, false, ipadmc_show, "the file as it was", NULL},
    {"revert", "[SUBNET] COMMIT", 1, 2, TAKES_RESTORE | TAKES_MESSAGE, false, ipadmc_revert,
	"take back what a commit did",
	"What came later is kept, unless --restore is given: then the subnet is as that commit "
	"left "
	"it. Without SUBNET it is taken back in all files that the commit changed."},
    {"blame", "SUBNET [NODE]", 1, 2, 0, false, ipadmc_blame,
	"who gave each node its present form, when and why", NULL},
    {"preview", "[SUBNET [FILE]]", 0, 2, 0, false, ipadmc_preview,
	"what publishing would change in the files of servers",
	"With SUBNET: as if it held FILE, or what comes on standard input."},
    {"publish", "", 0, 0, TAKES_CONFIRM, false, ipadmc_publish,
	"give the servers everything that was changed, now",
	"It happens by itself soon after a change; this waits for it and tells what became of it. "
	"Exit status 1: what was published before is still served."},
    {"status", "", 0, 0, 0, false, ipadmc_status, "what servers are given, since when, or why not",
	NULL},
    {"watch", "", 0, 0, 0, false, ipadmc_watch, "a line for every change and lock from now on",
	"Goes on when the daemon is started again, and tells what happened meanwhile."},
    {"import", "FILE", 1, 1, TAKES_FORMAT | TAKES_BY | TAKES_ORIGIN | TAKES_WRITE | TAKES_MESSAGE,
	false, ipadmc_import, "nodes from CSV, hosts, dhcpd.conf or a zone file",
	"Shows what would be changed, and everything that is wrong with FILE (- is standard "
	"input). "
	"With --write it is done, if nothing is wrong: all in one commit, or nothing. A node is "
	"looked for by its address, or by what --by says; fields that FILE does not have stay; one "
	"that is not there is added to the subnet that has its address."},
    {"export", "[SUBNET]...", 0, 10000, TAKES_FORMAT, false, ipadmc_export, "nodes as CSV or hosts",
	NULL},
    {"init", "DIR", 1, 1, 0, true, ipadmc_init, "make a directory that ipadmd serves at once",
	"Makes DIR/ipadmd.conf and DIR/subnets with an example, and prints what to type next. What "
	"is "
	"there already is left alone."},
    {0}};

const struct command *
ipadmc_find_command(const char *name)
{
	for (const struct command *c = ipadmc_commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
