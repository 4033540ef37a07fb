/* SPDX-License-Identifier: ISC */
/*
 * The server framework: what is the same in every daemon.  A daemon is one `struct server_app` and
 * a main() that calls server_main().
 *
 *   acceptor ── worker (one per connection at a time; untrusted bytes are parsed here)
 *       │          ⇅ frames on a socketpair, handed over through the door
 *       └────── engine (the state; its own children: storer …)
 *
 * The acceptor is root of the tree: it listens, accepts, forks, restarts what dies, in a plain
 * ppoll() loop with nothing else in its memory (the cost of a fork grows with the parent).  The
 * *door* is a pair of AF_UNIX sockets made before anything is forked; the engine inherits the
 * reading end, workers the writing end.  The *lifeline* is a pipe whose only writer is the
 * acceptor: end of file means finish and exit.
 */
#ifndef OPDESK_DAEMON_SERVER_SERVER_H
#define OPDESK_DAEMON_SERVER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- settings: one table for configuration file, options, --help and manual page --- */

enum setting_type {
	SETTING_DURATION, /* int64_t milliseconds, written as a string: "10m" */
	SETTING_SIZE,     /* uint64_t bytes, written as a string: "16M" */
	SETTING_INT,      /* int64_t */
	SETTING_BOOL,     /* bool */
	SETTING_STRING,   /* char *, owned by the settings */
	SETTING_STRINGS,  /* struct string_list, owned by the settings */
};

struct string_list {
	char **items;
	size_t count;
};

struct server_setting {
	const char *name; /* in the configuration file: orphan_keep */
	enum setting_type type;
	/* As it would be written, without quotes; the items of STRINGS separated by ", ".  NULL:
	 * empty. */
	const char *default_text;
	int64_t min, max;           /* of the stored number; both 0: no limits */
	const char *const *choices; /* STRING: the words allowed, NULL-terminated; or NULL */
	size_t offset;              /* of the value in the daemon's settings struct */
	const char *option;         /* "desk": also given as --desk VALUE; or NULL */
	const char *help;           /* one line */
};

enum section_kind {
	SECTION_ONE,      /* NAME { … } */
	SECTION_TITLED,   /* any number of NAME "TITLE" { … } with titles that differ */
	SECTION_REPEATED, /* any number of NAME { … } */
};

/*
 * A section of the configuration file.  Each is a struct of the daemon's, of `size` bytes, which
 * begins with `char *title` (owned; NULL without one) and whose other members are set by `table`,
 * defaults first.
 */
struct server_section {
	const char *name;
	enum section_kind kind;
	const struct server_setting *table;
	size_t size;
	size_t offset;    /* of a struct section_list in the daemon's settings struct */
	const char *help; /* one line */
};

struct section_list { /* owned by the settings */
	void *items;  /* an array of those structs */
	size_t count;
};

/* --- the daemon --- */

struct engine;  /* daemon/server/engine.h */
struct session; /* daemon/server/session.h */
struct engine_events;
struct session_events;
struct relay_line; /* daemon/server/relay.h */
struct datagram_events;
struct inet_handler;

/*
 * Moments in the life of the whole daemon, each may be NULL.  They run in the acceptor, which
 * serves nobody meanwhile and whose memory every fork copies: be brief, keep nothing.
 */
struct server_hooks {
	void (*bound)(const void *settings);      /* sockets are open, the user is who it stays */
	void (*ready)(const void *settings);      /* the first engine runs; now clients are taken */
	void (*reloaded)(const void *settings);   /* HUP, with good settings */
	void (*restarting)(const void *settings); /* USR2: the last act before the new program */
	void (*restarted)(const void *settings);  /* in the new program, in the place of `bound` */
	void (*stopping)(const void *settings);   /* before the sockets are closed */
	void (*stopped)(const void *settings);    /* after all children have ended */
	/* Every dequeue_ms, in a process of its own that may take its time; never two at once. */
	void (*dequeue)(const void *settings);
	int64_t dequeue_ms;
	/* No client has come to this listening socket for listener_timeout_ms.  Once, until the
	 * next client comes; or again after as many ms as it returns, unless that is 0. */
	int64_t (*listener_timeout)(const void *settings, const char *endpoint);
	int64_t listener_timeout_ms;
};

struct server_app {
	const char *name;              /* "mediachanged": also of its socket, state and pid file */
	const char *summary;           /* one line for --help */
	const char *default_port;      /* "8979" */
	const char *default_max_frame; /* "15M", as it would be written; NULL: as the table of
					  settings has it */
	const char *const *default_listen; /* endpoints, NULL-terminated; "unix:" alone = NAME.sock
					      in the runtime directory */
	const struct server_setting *settings; /* ended by a NULL name */
	const struct server_section *sections; /* ended by a NULL name; may be NULL */
	size_t settings_size;                  /* of the daemon's settings struct */
	/* Checks across settings; 0 or OP_BAD_REQUEST with `why`. */
	int (*check)(const void *settings, char *why, size_t why_size);
	/* For --check only: what a start warns of in the log but goes on with; or NULL. */
	int (*examine)(const void *settings, char *why, size_t why_size);
	const struct session_events *session; /* in a worker: &relay_events for our frames */
	const struct inet_handler *inet; /* daemon/server/inet.h: with .session = &inet_events */
	const struct datagram_events *datagram; /* daemon/server/datagram.h, or NULL */
	const struct relay_line *line;          /* relay: the one-line protocol, or NULL */
	const struct engine_events *engine;     /* in the engine */
	const struct server_hooks *hooks;       /* or NULL */
};

/* Options, configuration, sockets, background, the tree of processes; returns the exit status. */
int server_main(const struct server_app *app, int argc, char **argv);

/* For check() and examine(): puts into `why` what is wrong with the settings; OP_BAD_REQUEST. */
int server_complain(char *why, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
