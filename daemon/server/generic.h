/* SPDX-License-Identifier: ISC */
/*
 * The settings that every daemon has, and the whole configuration of a running daemon: generic and
 * own settings, the rules made from them, and how they were given (so that SIGHUP can read them
 * again).  The acceptor loads it; engine and workers inherit it by fork.
 */
#ifndef OPDESK_DAEMON_SERVER_GENERIC_H
#define OPDESK_DAEMON_SERVER_GENERIC_H

#include <sys/types.h>
#include "daemon/server/settings.h"
#include "lib/acl.h"
#include "lib/endpoint.h"
#include "lib/ev/tls.h"

struct server_settings {
	struct string_list listen;
	bool discovery;
	char *state;
	char *log;
	char *log_level;
	char *pid_file;
	int64_t start_limit_ms;
	int64_t max_workers;
	int64_t max_workers_per_source;
	int64_t reserved_workers;
	int64_t worker_linger_ms;
	char *personality;
	int64_t workers;
	int64_t max_per_worker;
	int64_t worker_silence_ms;
	int64_t lookup_ms;
	int64_t first_byte_ms;
	int64_t hello_ms;
	int64_t stall_ms;
	uint64_t max_frame;
	int64_t max_calls;
	struct string_list access;
	char *operators;
	struct string_list insecure_operators;
	char *socket_mode;
	char *socket_group;
	char *tls_certificate, *tls_key, *tls_client_ca;
	int64_t tls_handshake_ms;
	char *user;
	char *group;
};

extern const struct server_setting generic_table[];
/* Its default, as it would be written: the daemon's, where that has one of its own; or NULL. */
const char *generic_default(const struct server_app *app, const struct server_setting *s);

#define NO_GROUP ((gid_t)-1)
#define NO_USER ((uid_t)-1)

struct server_config {
	const struct server_app *app;
	struct server_settings generic;
	void *own;                     /* the daemon's settings struct, owned */
	struct settings_part parts[3]; /* of the two above */
	struct acl *access;            /* owned */
	struct acl *insecure;          /* owned: addresses that count as operators */
	gid_t operators;               /* or NO_GROUP */
	gid_t socket_group;            /* or NO_GROUP */
	mode_t socket_mode;
	uid_t user;       /* to become, or NO_USER */
	gid_t group;      /* to become, or NO_GROUP */
	char *pid_path;   /* owned; "" = none */
	bool multiplexed; /* the personality */
};

/* What the command line says apart from settings. */
struct server_options {
	bool foreground, check, stdio;
	const char *file; /* -c, or NULL */
	int argc;
	char **argv;
};

/* Is there a certificate? */
bool server_config_has_tls(const struct server_config *c);
struct tls_files server_config_tls(const struct server_config *c); /* borrowed from it */

/* All defaults; NULL: no memory. */
struct server_config *server_config_new(const struct server_app *app);
void server_config_free(struct server_config *c);

/*
 * Defaults, then the file (if any), then the options, then everything that one value alone cannot
 * tell: endpoints, rules, groups, the daemon's own check.  NULL with `why`.  May ask the group
 * database.
 */
struct server_config *server_config_load(
    const struct server_app *app, const struct server_options *o, char *why, size_t why_size);

/* The two last steps of loading: what one value alone cannot tell, which also fills in what follows
 * from the settings; and whether the files of TLS can be used, which starts a process.
 * OP_BAD_REQUEST with `why`, OP_NO_MEMORY. */
int server_config_check(
    struct server_config *c, const struct server_options *o, char *why, size_t size);
int server_config_try_tls(const struct server_config *c, char *why, size_t size);

/* "FILE:LINE: " in front of a complaint "SETTING: …" about what the file (or NULL) sets. */
void server_config_locate(const char *file, char *why, size_t size);

/* After a reload: what counts from the next start only (listen, state, log, user …) stays in
 * `fresh` what it was, also for an engine that has to be started again.  changed: the names of
 * those that `fresh` had otherwise, for people. */
void server_config_keep_places(
    struct server_config *fresh, struct server_config *old, char *changed, size_t size);

/* Let the log follow log_level. */
void server_config_apply_log_level(const struct server_config *c);

/* The listening endpoints; "unix:" alone is NAME.sock in the runtime directory.  OP_BAD_REQUEST. */
int server_config_endpoint(const struct server_app *app, const char *text, struct endpoint *out,
    char *why, size_t why_size);

/* -c, or OPDESK_CONFDIR/NAME.conf for root when it is there, or NULL; into dst. */
const char *server_config_file(
    const struct server_app *app, const struct server_options *o, char *dst, size_t size);

#endif
