/* SPDX-License-Identifier: ISC */
/*
 * Where things live.  Runtime directory (sockets, pid files): $OPDESK_RUNTIME, for root
 * /run/opdesk, else ~/.local/state/opdesk/run; never the login session's directory, which cron
 * lacks and log-out removes.  State: root /var/lib/opdesk, else ~/.local/state/opdesk.  HOME comes
 * from the environment, else from the password file.
 */
#ifndef OPDESK_LIB_PATHS_H
#define OPDESK_LIB_PATHS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether this process uses the places of the whole system: root does, and a daemon that root has
 * started and that became another user (paths_stay_system(), which programs that it starts in its
 * place inherit). */
bool paths_are_system(void);
void paths_stay_system(void);

/* For messages about that directory. */
#define PATHS_REMEDY "OPDESK_RUNTIME can name another runtime directory"

/* The home of this user: $HOME if that is absolute, else as the system's users have it; borrowed
 * until the next call.  NULL: there is none. */
const char *paths_home(void);

/* Path of `name` in the runtime directory; nothing is made.  OP_TOO_LARGE; OP_NOT_FOUND: no home.
 */
int paths_runtime(char *dst, size_t size, const char *name);

/* Where root's daemons have their sockets: the runtime directory of the whole system. */
#define PATHS_SYSTEM_RUNTIME "/run/opdesk"

/*
 * The socket `name` as a client looks for it: in the runtime directory; for other users than root,
 * when none is there and $OPDESK_RUNTIME does not say where to look, that of the system's daemon if
 * there is one.  Errors as paths_runtime().
 */
int paths_socket(char *dst, size_t size, const char *name);

/* Make the directory of `path` (0700, parents too) when missing and check that it is ours and not
 * writable by others.  OP_DENIED: it belongs to somebody else, or others may write; OP_SYSTEM. */
int paths_make_parent(const char *path);

/* The same, but nothing is made: a directory that is missing is OP_SYSTEM with ENOENT. */
int paths_check_parent(const char *path);

/* Why one of these two failed, in words that name the directory; errno as it was left.  Returns
 * dst. */
const char *paths_explain(char *dst, size_t size, const char *path, int err);

/* The PATH of programs that daemons start. */
#define PATHS_PROGRAMS "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Whether execvp(3) would find a program: by its path, or by its name in the folders of `search`,
 * as PATH has them.  0, or errno. */
int paths_program(const char *name, const char *search);

/* The state directory of a program ("mediachanged"), not made.  Errors as paths_runtime(). */
int paths_state(char *dst, size_t size, const char *program);

#endif
