/* SPDX-License-Identifier: ISC */
/*
 * ipadmc init: a working directory that `ipadmd -f -c DIR/ipadmd.conf` serves at once.  Nothing
 * that is there is touched.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "client/ipadmc/ipadmc.h"
#include "lib/err.h"

static const char example[] = "Title = Subnet 7, Harbour Pilots\n"
			      "Domain = pilots.example.org\n"
			      "Base_IP = 192.0.2.32\n"
			      "Subnet_Mask = 255.255.255.224\n"
			      "Gateway = 192.0.2.62\n"
			      "__NODES__\n"
			      "# name:address:ethernet:alias:mx:comment\n"
			      "tug1:192.0.2.33:0200c0ffee01:ferry::bridge console\n"
			      "lamp:192.0.2.34:0200c0ffee02:::no alias, no mail\n"
			      "ns:192.0.2.61::::name server\n";

/* %1$s: the directory */
static const char configuration[] =
    "# Configuration of ipadmd; ipadmd.conf(5) explains every setting.\n"
    "directory = \"%1$s/subnets\"\n"
    "state = \"%1$s/state\"\n"
    "\n"
    "# A file travels in one message; 65,536 nodes are about 5 MB.\n"
    "max_frame = \"15M\"\n"
    "\n"
    "# Who may edit, besides you and root: members of a group, on the UNIX socket.\n"
    "#operators = \"netops\"\n"
    "#socket_mode = \"0660\"\n"
    "#socket_group = \"netops\"\n"
    "\n"
    "# What servers read, in %1$s/state/published/current.\n"
    "publish {\n"
    "    generators = {\"bind\", \"hosts\"}\n"
    "    name_servers = {\"ns.pilots.example.org\"}\n"
    "    #reload = {\"bind: rndc reload\"}\n"
    "}\n";

/* A name server for trying it: it needs no rights, and nobody else asks it. */
static const char named[] =
    "// named -c %1$s/named.conf; dig @127.0.0.1 -p 5300 tug1.pilots.example.org\n"
    "options {\n"
    "    directory \"%1$s/state\";\n"
    "    listen-on port 5300 { 127.0.0.1; };\n"
    "    listen-on-v6 { none; };\n"
    "    pid-file none;\n"
    "    session-keyfile none;\n"
    "    recursion no;\n"
    "    notify no;\n"
    "    dnssec-validation no;\n"
    "};\n"
    "controls { };\n"
    "include \"%1$s/state/published/current/bind/named.conf\";\n";

/* Mode 0700: what is in it is for the daemon's user until its configuration says otherwise. */
static int
make_dir(const struct query *q, const char *path, bool *is_new)
{
	*is_new = mkdir(path, 0700) == 0;
	if (*is_new || errno == EEXIST)
		return OP_OK;
	return query_complain(q, OP_SYSTEM, "%s: %s", path, strerror(errno));
}

static int
write_new(const struct query *q, const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t len = strlen(text);

	if (fd < 0 && errno == EEXIST)
		return query_complain(q, OP_CONFLICT, "%s is there already", path);
	if (fd < 0)
		return query_complain(q, OP_SYSTEM, "%s: %s", path, strerror(errno));
	bool is_written = write(fd, text, len) == (ssize_t)len;

	if (close(fd) == 0 && is_written)
		return OP_OK;
	int err = query_complain(q, OP_SYSTEM, "%s: %s", path, strerror(errno ? errno : ENOSPC));

	unlink(path);
	return err;
}

static int
make_subnets(const struct query *q, const char *dir)
{
	char path[PATH_MAX + 40];
	bool is_new;

	snprintf(path, sizeof(path), "%s/subnets", dir);
	int err = make_dir(q, path, &is_new);

	if (err != OP_OK || !is_new)
		return err;
	snprintf(path, sizeof(path), "%s/subnets/Subnet_7.sdb", dir);
	return write_new(q, path, example);
}

static int
write_for(const struct query *q, const char *dir, const char *name, const char *format)
{
	char path[PATH_MAX + 40], text[4 * PATH_MAX + sizeof(configuration) + sizeof(named)];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(text, sizeof(text), format, dir);
	return write_new(q, path, text);
}

static int
make_configuration(const struct query *q, const char *dir)
{
	/* It stands between quotes in the files. */
	if (strpbrk(dir, "\"\\$\n"))
		return query_complain(
		    q, IPADMC_USAGE, "%s: a quote, backslash, dollar or newline in the name", dir);
	int err = write_for(q, dir, "ipadmd.conf", configuration);

	return err == OP_OK ? write_for(q, dir, "named.conf", named) : err;
}

int
ipadmc_init(struct query *q)
{
	char dir[PATH_MAX];
	bool is_new;
	int err = make_dir(q, q->operands[0], &is_new);

	if (err != OP_OK)
		return err;
	if (!realpath(q->operands[0], dir))
		return query_complain(q, OP_SYSTEM, "%s: %s", q->operands[0], strerror(errno));
	err = make_configuration(q, dir);
	if (err == OP_OK)
		err = make_subnets(q, dir);
	if (err != OP_OK || q->json)
		return err;
	printf("Made %s with a subnet as an example.  Start the daemon, and look at it from "
	       "another terminal:\n\n"
	       "    ipadmd -f -c %s/ipadmd.conf\n"
	       "    ipadmc list\n"
	       "    ipadmc allocate 7 buoy -m \"a first node\"\n\n"
	       "`ipadmc edit 7` opens the whole file; ipadmc(1) tells the rest.\n",
	    dir, dir);
	return OP_OK;
}
