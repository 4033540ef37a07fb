/* SPDX-License-Identifier: ISC */
/*
 * A daemon for the tests of the server framework: questions are kept in memory only.
 * - alert.ask: text "echo …" is answered at once, "large …" by 8 KiB; "broken": the engine sends
 * garbage to the worker; anything else waits for alert.answer, alert.withdraw or $/cancel.
 * - alert.answer: answers the question with that id.
 * - alert.subscribe: every ask then comes as alert.changed, that of "echo wide" with 100 kB.
 * - alert.note: runs the note as a shell-less program: its words are the argument list.
 * - alert.claim: pokes the holder, a child of the engine.
 * - A connection that begins with "!" makes its worker send rubbish to the engine; "^": its handler
 *   holds the loop for a while.
 * - With `trace` every handler of a connection is logged.
 */
#include "tests/server/testd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/server/datagram.h"
#include "lib/err.h"
#include "lib/log.h"

static const char *const colors[] = {"red", "green", NULL};

static const struct server_setting table[] = {
    {"color", SETTING_STRING, "red", 0, 0, colors, offsetof(struct settings, color), "color",
	"a choice"},
    {"nap", SETTING_DURATION, "10s", 1000, 60000, NULL, offsetof(struct settings, nap_ms), NULL,
	"a duration with limits"},
    {"greeting", SETTING_STRING, "hello", 0, 0, NULL, offsetof(struct settings, greeting),
	"greeting", "logged at start and reload"},
    {"program_limit", SETTING_DURATION, "500ms", 0, 3600000, NULL,
	offsetof(struct settings, program_limit_ms), NULL, "of programs that the engine starts"},
    {"fail_start", SETTING_BOOL, "no", 0, 0, NULL, offsetof(struct settings, fail_start), NULL,
	"the engine does not start"},
    {"trace", SETTING_BOOL, "no", 0, 0, NULL, offsetof(struct settings, trace), NULL,
	"log the handlers of connections"},
    {"refuse", SETTING_BOOL, "no", 0, 0, NULL, offsetof(struct settings, refuse), NULL,
	"the daemon's own hook allows nobody"},
    {0},
};

/* --- hooks of the whole daemon --- */

#define HOOK(name)                               \
	static void hook_##name(const void *arg) \
	{                                        \
		(void)arg;                       \
		log_info("hook: " #name);        \
	}

HOOK(bound)
HOOK(ready)
HOOK(reloaded)
HOOK(restarting)
HOOK(restarted)
HOOK(stopping)
HOOK(stopped)
HOOK(dequeue)

/* On TCP once more after a little; then not until somebody comes. */
static int64_t
listener_timeout(const void *arg, const char *endpoint)
{
	static unsigned times;

	(void)arg;
	log_info("quiet: %s", endpoint);
	return strncmp(endpoint, "tcp:", 4) == 0 && times++ == 0 ? 150 : 0;
}

/* --- datagrams: "die" ends the process, "none" is not answered, all else comes back --- */

static bool
allow_datagram(struct datagram *d)
{
	const struct settings *s = datagram_settings(d);

	return !s->refuse;
}

static void
on_datagram(struct datagram *d, const void *bytes, size_t len)
{
	char text[300];
	int n;

	if (len == 3 && memcmp(bytes, "die", 3) == 0)
		abort();
	if (len == 4 && memcmp(bytes, "none", 4) == 0)
		return;
	n = snprintf(text, sizeof(text), "%s %d: %.*s", datagram_peer_text(d),
	    (int)datagram_peer_uid(d), (int)(len < 100 ? len : 100), (const char *)bytes);
	if (datagram_reply(d, text, (size_t)n))
		log_info("datagram: no answer for %s at %s", datagram_peer_text(d),
		    datagram_listener(d));
}

static const struct datagram_events datagrams = {.allow = allow_datagram, .received = on_datagram};

static const struct server_hooks hooks = {hook_bound, hook_ready, hook_reloaded, hook_restarting,
    hook_restarted, hook_stopping, hook_stopped, hook_dequeue, 300, listener_timeout, 250};

int
main(int argc, char **argv)
{
	static const char *const listen[] = {"tcp:127.0.0.1:0", NULL};
	static const struct server_app app = {
	    .name = "testd",
	    .summary = "tests the server framework",
	    .default_port = "0",
	    .default_listen = listen,
	    .settings = table,
	    .settings_size = sizeof(struct settings),
	    .session = &testd_session,
	    .datagram = &datagrams,
	    .line = &testd_line,
	    .engine = &testd_engine,
	    .hooks = &hooks,
	};

	testd_session_init();
	return server_main(&app, argc, argv);
}
