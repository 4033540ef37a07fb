/* SPDX-License-Identifier: ISC */
/*
 * The engine's side of the framework: one libev loop, the clients that workers attach through the
 * door, the lifeline, stopping, and the engine's own children.  Identity comes from the kernel: the
 * engine reads address and credentials from the client's own descriptor, which the worker passes
 * along with its link; only the resolved name is the worker's word, and it is for show.
 */
#ifndef OPDESK_DAEMON_SERVER_ENGINE_H
#define OPDESK_DAEMON_SERVER_ENGINE_H

#include <ev.h>
#include <stdbool.h>
#include <sys/types.h>
#include "lib/buf.h"
#include "lib/netaddr.h"
#include "lib/rpc.h"

struct engine;
struct client;

struct identity {
	char who[160];       /* who asks, for keys and rights: "USER@local", or the address */
	char shown[400];     /* for people: "NAME (ADDRESS)", "USER (local)" */
	char host[256];      /* the peer's name, else its address; "local" for UNIX */
	struct netaddr addr; /* family 0: UNIX */
	uint16_t port;       /* with it */
	uid_t uid;           /* UNIX only */
	bool is_operator;
};

/* Each may be NULL. */
struct engine_events {
	/* Once, before the loop runs; settings as configured.  0, or a negative op_err: the engine
	 * exits and the daemon does not start (engine_fail() inside says why, on the terminal too).
	 */
	int (*start)(struct engine *e, const void *settings);
	/* A client said hello, spoke, left.  hello and ping are answered by the framework, role and
	 * identity are known before `request`.  Every message was held against the method table
	 * (lib/method.h), its right included: a caller without it got `denied` already.  The table
	 * knows all daemons' methods: answer unknown_method to those of others.  Answer with
	 * client_*(), now or at any later time. */
	void (*attached)(struct client *c);
	void (*request)(struct client *c, const struct rpc_msg *m);
	void (*notify)(struct client *c, const struct rpc_msg *m);
	void (*drained)(struct client *c);
	void (*detached)(struct client *c); /* it is freed afterwards */
	/* SIGHUP: settings were read anew and are good; the old ones end afterwards.  Or NULL. */
	void (*reload)(struct engine *e, const void *settings);
	/* SIGTERM: finish what is queued, then engine_stopped(): what is queued for clients still
	 * leaves.  It ends anyway 3.5 s later.  NULL: nothing to finish. */
	void (*stop)(struct engine *e);
};

struct ev_loop *engine_loop(struct engine *e);
const void *engine_settings(const struct engine *e);
const char *engine_state_dir(const struct engine *e); /* exists, 0700, locked by us */
int engine_lock_fd(
    const struct engine *e); /* of STATE/lock: keep_fd for a child that writes there */
/* The framework's setting `discovery`, for a daemon whose service is not TCP: it answers itself. */
bool engine_discovery(const struct engine *e);
/* The first UNIX socket that the daemon listens on, as an endpoint.  OP_NOT_FOUND: it has none. */
int engine_unix_endpoint(const struct engine *e, char *dst, size_t size);
void engine_stopped(struct engine *e);
void engine_set_arg(struct engine *e, void *arg);
void *engine_arg(const struct engine *e);
/* Something is wrong that a fresh start mends: exit, the acceptor starts a new engine. */
void engine_fail(struct engine *e, const char *why) __attribute__((noreturn));

/* All who said hello: the first (after NULL) or the next; NULL at the end. */
struct client *client_next(struct engine *e, struct client *after);
struct engine *client_engine(struct client *c);
const struct identity *client_identity(const struct client *c);
const char *client_role(const struct client *c); /* "asker" "desk" "tool" */
uint64_t client_id(const struct client *c);      /* never reused */
void client_set_arg(struct client *c, void *arg);
void *client_arg(const struct client *c);

/*
 * What is said to a client.  Every ..._begin() is followed by one map (or, for results, one value)
 * written to the returned writer, which is never NULL, and then by its ..._end().  None of these
 * waits, frees the client or harms another one, also when this one does not read: what is queued
 * for it is bounded, a result that finds no room becomes the error `unavailable` (one past
 * FRAME_MAX `too_large`, without memory `no_memory`), and errors have room for every call that may
 * be open.
 */
struct mp_out *client_result_begin(struct client *c, uint32_t msgid);
void client_result_end(struct client *c, uint32_t msgid);
void client_error(struct client *c, uint32_t msgid, int err, const char *message);
/* `data`: one object, packed; left out with the message when it finds no room. */
void client_error_data(
    struct client *c, uint32_t msgid, int err, const char *message, const struct buf *data);
/* A client that a notification finds no room for is ended: it must not miss it unknowingly.  0, or
 * why it was not queued.  Ask client_is_full() first to leave it out. */
struct mp_out *client_notify_begin(struct client *c, const char *method);
int client_notify_end(struct client *c);
/* A whole message, packed.  0, or why it was not queued: then it is the caller's to tell. */
int client_send(struct client *c, const void *payload, size_t len);
bool client_is_full(const struct client *c);  /* until engine_events.drained */
size_t client_unsent(const struct client *c); /* bytes queued */
/* Close its link, from the loop: `detached`.  Its worker attaches it anew and repeats its open
 * calls, as to a new engine.  For want of memory, say: nothing that a client has done. */
void client_end(struct client *c, const char *why);

/*
 * A child process of the engine on a socketpair, running `run(fd, lifeline_fd, arg)` with TERM,
 * INT, HUP and USR2 ignored (they reach whole groups; the lifeline is what counts), blocking
 * descriptors, only the descriptors it needs (0 1 2, log, its end, the lifeline, keep_fd if >= 0)
 * and the lifeline watched by itself: end of file on it, or on fd, means finish and return.  What
 * `run` returns is its exit status; *fd is the engine's end.  `gone` is called from the loop when
 * it has ended.
 */
struct engine_child;
struct engine_child *engine_fork(struct engine *e, const char *part, int keep_fd,
    int (*run)(int fd, int lifeline_fd, void *arg), void *arg,
    void (*gone)(struct engine *e, int status, void *arg), int *fd);
/* `gone` follows.  A part of the daemon is killed at once; a program gets SIGTERM, with what it has
 * started, and SIGKILL two seconds later. */
void engine_child_kill(struct engine_child *c);
pid_t engine_child_pid(const struct engine_child *c);

/* Start a program: fixed PATH, LANG=C.UTF-8 unless `env` has another, and `env` (NAME=VALUE,
 * NULL-terminated, at most 60, may be NULL); argument list, /dev/null as input, output to the log
 * line by line (with a limit: its first 200), other descriptors closed, killed after limit_ms (0 =
 * never), and ended with the daemon, whatever becomes of this engine (keeper.h).  `gone` as above.
 * NULL: not started, errno says why. */
struct engine_child *engine_spawn(struct engine *e, char *const argv[], char *const env[],
    int64_t limit_ms, void (*gone)(struct engine *e, int status, void *arg), void *arg);

#endif
