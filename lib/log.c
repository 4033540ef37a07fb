/* SPDX-License-Identifier: ISC */
/*
 * The log and its three sinks.  A line is put together on the stack and leaves in one write(2), so
 * that processes sharing a file do not mix their lines; errno survives a call.  How often the file
 * was opened anew is counted in memory that forked children share: a child sees before its next
 * line that it has to open the file again, however it was forked and whatever signals it ignores.
 * Lines that a full disk or a system's logger that hangs do not take are counted there, too, and
 * told by whoever writes next.
 */
#include "lib/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "lib/devlog.h"
#include "lib/err.h"
#include "lib/text.h"

#define LINE_BYTES 2048

enum sink { SINK_STDERR, SINK_FILE, SINK_SYSLOG };

struct shared {
	_Atomic unsigned reopened;
	_Atomic unsigned lost; /* lines that the sink did not take */
	_Atomic int why;       /* errno of the last one */
	_Atomic bool torn;     /* it was taken in part */
};

static struct {
	const char *program, *part;
	enum log_level level;
	enum sink sink;
	bool stamp;
	int fd;
	char path[PATH_MAX];
	struct shared *shared; /* with the children; NULL: no memory for it, or stderr */
	int shared_fd;         /* of that; in a child it may be closed */
	unsigned seen;
} state = {.program = "opdesk", .level = LOG_LEVEL_INFO, .fd = -1};

static const struct {
	const char *name;
	int priority; /* RFC 3164 4.1.1, as <syslog.h> has it */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", LOG_ERR},
    [LOG_LEVEL_WARN] = {"warn", LOG_WARNING},
    [LOG_LEVEL_NOTICE] = {"notice", LOG_NOTICE},
    [LOG_LEVEL_INFO] = {"info", LOG_INFO},
    [LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

void
log_ident(const char *program, const char *part)
{
	state.program = program;
	state.part = part;
}

void
log_set_level(enum log_level level)
{
	state.level = level;
}

int
log_parse_level(const char *name, enum log_level *level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(levels[i].name, name) == 0) {
			*level = (enum log_level)i;
			return OP_OK;
		}
	}
	return OP_BAD_REQUEST;
}

bool
log_wants(enum log_level level)
{
	return level <= state.level;
}

int
log_fd(void)
{
	return state.sink == SINK_SYSLOG ? devlog_fd() : state.fd;
}

static void
close_sink(void)
{
	devlog_close();
	if (state.fd >= 0)
		close(state.fd);
	state.fd = -1;
}

void
log_to_stderr(bool stamp)
{
	close_sink();
	state.sink = SINK_STDERR;
	state.stamp = stamp;
}

static int
open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);

	if (fd < 0)
		return OP_SYSTEM;
	close_sink();
	state.fd = fd;
	state.sink = SINK_FILE;
	state.stamp = true;
	return OP_OK;
}

/* False: no memory. */
static bool
map_shared(int fd)
{
	void *page = mmap(NULL, sizeof(*state.shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (page == MAP_FAILED)
		return false;
	if (state.shared) {
		munmap(state.shared, sizeof(*state.shared));
		close(state.shared_fd);
	}
	state.shared = page;
	state.shared_fd = fd;
	state.seen = atomic_load(&state.shared->reopened);
	return true;
}

void
log_share(int fd)
{
	if (!map_shared(fd))
		close(fd);
}

int
log_shared_fd(void)
{
	return state.shared ? state.shared_fd : -1;
}

static void
begin_sharing(void)
{
	int fd = state.shared ? -1 : memfd_create("opdesk-log", MFD_CLOEXEC);

	if (fd != -1 && (ftruncate(fd, sizeof(*state.shared)) == -1 || !map_shared(fd)))
		close(fd);
}

int
log_to_file(const char *path)
{
	int err;

	if (strlen(path) >= sizeof(state.path)) {
		errno = ENAMETOOLONG;
		return OP_SYSTEM;
	}
	err = open_file(path);
	if (err == OP_OK) {
		memcpy(state.path, path, strlen(path) + 1);
		begin_sharing();
	}
	return err;
}

void
log_to_syslog(void)
{
	close_sink();
	state.sink = SINK_SYSLOG;
	devlog_open();
	begin_sharing();
}

int
log_reopen(void)
{
	if (state.sink != SINK_FILE)
		return OP_OK;
	if (state.shared)
		state.seen = atomic_fetch_add(&state.shared->reopened, 1) + 1;
	return open_file(state.path);
}

/* Another process has called log_reopen().  When the file cannot be opened the old one goes on. */
static void
follow(void)
{
	unsigned now = state.shared ? atomic_load(&state.shared->reopened) : state.seen;

	if (state.sink != SINK_FILE || now == state.seen)
		return;
	state.seen = now;
	open_file(state.path);
}

/* "2026-01-31 13:05:09 ", for syslog "Jan 31 13:05:09 ".  The calendar is asked once a minute: it
 * costs a process that was just forked several pages of its own. */
static size_t
put_time(char *line, size_t size)
{
	static char minute[24];
	static time_t minute_at = -1;
	static enum sink minute_sink;
	time_t now = time(NULL), at = now - now % 60;
	struct tm tm;
	int n;

	if (at != minute_at || state.sink != minute_sink) {
		const char *form = state.sink == SINK_SYSLOG ? "%b %e %H:%M" : "%Y-%m-%d %H:%M";

		if (!localtime_r(&at, &tm) || strftime(minute, sizeof(minute), form, &tm) == 0)
			return 0;
		minute_at = at;
		minute_sink = state.sink;
	}
	n = snprintf(line, size, "%s:%02d ", minute, (int)(now - at));
	return n > 0 ? (size_t)n : 0;
}

/* "<30>Jan 31 13:05:09 prog[9]: engine: ": RFC 3164 4.1 as syslog(3) writes it to /dev/log, without
 * the host's name. */
static size_t
put_syslog_head(char *line, size_t size, enum log_level level)
{
	size_t len = (size_t)snprintf(line, size, "<%d>", LOG_DAEMON | levels[level].priority);

	len += put_time(line + len, size - len);
	return len + (size_t)snprintf(line + len, size - len, "%.40s[%d]: %.40s%s", state.program,
			 (int)getpid(), state.part ? state.part : "", state.part ? ": " : "");
}

static size_t
put_file_head(char *line, size_t size, enum log_level level)
{
	size_t len = state.stamp ? put_time(line, size) : 0;
	int n = snprintf(line + len, size - len, "%s[%d]%s%s: %s: ", state.program, (int)getpid(),
	    state.part ? " " : "", state.part ? state.part : "", levels[level].name);

	if (n > 0)
		len += (size_t)n;
	return len < size ? len : size - 1;
}

static size_t
put_head(char *line, size_t size, enum log_level level)
{
	return state.sink == SINK_SYSLOG ? put_syslog_head(line, size, level)
					 : put_file_head(line, size, level);
}

static bool
write_all(int fd, const char *line, size_t len)
{
	size_t left = len;

	while (left > 0) {
		ssize_t n = write(fd, line, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (state.shared && left < len)
				atomic_store(&state.shared->torn, true);
			return false;
		}
		line += n;
		left -= (size_t)n;
	}
	return true;
}

/* Patient: may wait a moment for the system's logger. */
static bool
write_line(const char *line, size_t len, bool patient)
{
	if (state.sink == SINK_SYSLOG)
		return devlog_send(line, len - 1, patient);
	return write_all(state.sink == SINK_FILE ? state.fd : STDERR_FILENO, line, len);
}

/* There is nowhere to complain but here, once lines are taken again.  False: they are not yet. */
static bool
tell_lost(void)
{
	struct shared *s = state.shared;
	unsigned lost = atomic_exchange(&s->lost, 0);
	int why = atomic_load(&s->why);
	char line[300];
	size_t len = 0;

	if (lost == 0)
		return true;
	if (state.sink == SINK_FILE && atomic_load(&s->torn))
		line[len++] = '\n';
	len += put_head(line + len, sizeof(line) - len, LOG_LEVEL_WARN);
	snprintf(line + len, sizeof(line) - len, "log: %u line%s lost: %s\n", lost,
	    lost == 1 ? " was" : "s were",
	    why == EAGAIN ? "the system's logger does not read" : strerror(why));
	if (!write_line(line, strlen(line), false)) {
		atomic_fetch_add(&s->lost, lost);
		return false;
	}
	atomic_store(&s->torn, false);
	return true;
}

static void
put_line(const char *line, size_t len)
{
	if (!state.shared || state.sink == SINK_STDERR) {
		write_line(line, len, false);
		return;
	}
	if (tell_lost() && write_line(line, len, true))
		return;
	atomic_store(&state.shared->why, errno);
	atomic_fetch_add(&state.shared->lost, 1);
}

/* What comes from outside has been made plain; should it not have been, it begins no line of its
 * own. */
static void
make_plain(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ')
			text[i] = '?';
}

static void
log_line(enum log_level level, const char *fmt, va_list ap)
{
	char line[LINE_BYTES + 1];
	int saved = errno;
	size_t len;
	int n;

	if (!log_wants(level))
		return;
	len = put_head(line, sizeof(line), level);
	n = vsnprintf(line + len, sizeof(line) - len, fmt, ap);
	if (n > 0) {
		size_t end = text_clip(line, len + (size_t)n, LINE_BYTES - 1);

		make_plain(line + len, end - len);
		len = end;
	}
	line[len] = '\n';
	follow();
	put_line(line, len + 1);
	errno = saved;
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_ERROR, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_WARN, fmt, ap);
	va_end(ap);
}

void
log_notice(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_NOTICE, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_INFO, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_DEBUG, fmt, ap);
	va_end(ap);
}
