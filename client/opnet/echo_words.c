/* SPDX-License-Identifier: ISC */
/* What opnet echo says about each event and at the end: replies on standard output, the rest on
 * standard error; with --json everything on standard output. */
#include <inttypes.h>
#include <stdio.h>
#include "client/opnet/echo.h"
#include "client/opnet/json.h"
#include "lib/datagram/echoline.h"
#include "lib/text.h"

static const char *const names[] = {[WINDOW_SEND] = "send",
    [WINDOW_RETRY] = "retry",
    [WINDOW_REPLY] = "reply",
    [WINDOW_DUPLICATE] = "duplicate",
    [WINDOW_LATE] = "late",
    [WINDOW_STRANGE] = "strange",
    [WINDOW_LOST] = "lost"};

static void
print_json(const struct echo_settings *s, const struct window_event *v)
{
	struct json j;

	json_begin(&j);
	json_text(&j, "event", names[v->what]);
	if (!s->plain && !s->retry && v->what != WINDOW_STRANGE)
		json_int(&j, "seq", v->seq);
	if (v->what == WINDOW_REPLY) {
		json_bytes(&j, "text", v->sent, v->sent_len);
		json_bytes(&j, "reply", v->text, v->len);
		if (v->rtt_us >= 0)
			json_us(&j, "rtt_ms", v->rtt_us);
		json_bool(&j, "misordered", v->misordered);
	}
	json_end(&j);
}

static void
print_reply(const struct echo_settings *s, const struct window_event *v)
{
	char sent[4 * ECHOLINE_TEXT_MAX], text[4 * ECHOLINE_TEXT_MAX];

	text_log(text, sizeof(text), v->text, v->len);
	if (s->plain || s->retry)
		printf("%s\n", text);
	else
		printf("%s => %s\n", text_log(sent, sizeof(sent), v->sent, v->sent_len), text);
}

static void
print_event(const struct echo_settings *s, const struct window_event *v)
{
	char text[200];

	switch (v->what) {
	case WINDOW_SEND:
		break;
	case WINDOW_RETRY:
		fprintf(stderr, "%u: retrying...\n", v->seq);
		break;
	case WINDOW_REPLY:
		print_reply(s, v);
		break;
	case WINDOW_DUPLICATE:
		fprintf(stderr, "Discarding duplicate message seqno = %u\n", v->seq);
		break;
	case WINDOW_LATE:
		fprintf(stderr, "Discarding late message seqno = %u\n", v->seq);
		break;
	case WINDOW_STRANGE:
		fprintf(stderr, "Discarding what is no reply: %s\n",
		    text_log(text, sizeof(text), v->text, v->len));
		break;
	case WINDOW_LOST:
		fprintf(stderr, "%u: lost\n", v->seq);
		break;
	}
}

static void
print_statistics(const char *where, const struct window *w)
{
	const struct window_stats *s = window_stats(w);
	uint64_t unanswered = window_pending(w);

	fprintf(stderr,
	    "--- %s: %" PRIu64 " sent, %" PRIu64 " answered, %" PRIu64 " lost, %" PRIu64
	    " repeated, %" PRIu64 " late, %" PRIu64 " duplicate, %" PRIu64 " misordered",
	    where, s->sent, s->answered, s->lost, s->retries, s->late, s->duplicate, s->misordered);
	if (unanswered > 0)
		fprintf(stderr, ", %" PRIu64 " still on the way", unanswered);
	fprintf(stderr, "\n");
	if (s->timed > 0)
		fprintf(stderr, "--- round trip %.3f least, %.3f mean, %.3f most, in ms\n",
		    (double)s->least_us / 1e3, (double)s->sum_us / (double)s->timed / 1e3,
		    (double)s->most_us / 1e3);
}

static void
print_statistics_json(const char *where, const struct window *w)
{
	const struct window_stats *s = window_stats(w);
	struct json j;

	json_begin(&j);
	json_text(&j, "event", "statistics");
	json_text(&j, "server", where);
	json_int(&j, "sent", (int64_t)s->sent);
	json_int(&j, "answered", (int64_t)s->answered);
	json_int(&j, "lost", (int64_t)s->lost);
	json_int(&j, "repeated", (int64_t)s->retries);
	json_int(&j, "late", (int64_t)s->late);
	json_int(&j, "duplicate", (int64_t)s->duplicate);
	json_int(&j, "misordered", (int64_t)s->misordered);
	json_int(&j, "strange", (int64_t)s->strange);
	json_int(&j, "pending", (int64_t)window_pending(w));
	if (s->timed > 0) {
		json_us(&j, "least_ms", s->least_us);
		json_us(&j, "mean_ms", s->sum_us / (int64_t)s->timed);
		json_us(&j, "most_ms", s->most_us);
	}
	json_end(&j);
}

void
echo_say_event(const struct echo_settings *s, const struct window_event *v)
{
	if (!s->json)
		print_event(s, v);
	else if (v->what != WINDOW_SEND)
		print_json(s, v);
}

void
echo_say_statistics(const struct echo_settings *s, const char *where, const struct window *w)
{
	if (s->json)
		print_statistics_json(where, w);
	else
		print_statistics(where, w);
}
