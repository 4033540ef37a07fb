/* SPDX-License-Identifier: ISC */
/*
 * A link to the beacons of a group: who is alive (lib/rollcall.h), told to the GUI host by host.
 * However many beacons come, a host is told of at most once in TELL_MS, and not at all while the
 * GUI does not read.  On the relay's loop.
 */
#include "helper/relay_int.h"

#include <stdio.h>
#include <stdlib.h>
#include "lib/clock.h"
#include "lib/ev/beacons.h"
#include "lib/log.h"

#define AGAIN_MS 5000
#define TELL_MS 250
#define HOSTS_MAX 1000
#define SILENT_PERIODS 3
#define MAX_OFFSET_MS 2000

struct watch {
	struct relay_link *l;
	struct netaddr group;
	uint16_t port;
	struct udp *udp; /* NULL: not open */
	struct beacons beacons;
	ev_timer begin; /* to open it */
	ev_timer tell;
	int64_t since_ms; /* hosts that were heard since then are to be told of */
	bool is_paused;
};

/* --- to the GUI --- */

static const char *const clocks[] = {
    [ROLLCALL_CLOCK_GOOD] = "good", [ROLLCALL_CLOCK_OFF] = "off", [ROLLCALL_CLOCK_ZONE] = "zone"};

static void
tell_host(struct watch *w, const struct rollcall_host *h)
{
	struct mp_out o = relay_begin(w->l->relay, w->l->number);
	char address[NETADDR_TEXT];

	rpc_notify(&o, "watch.host");
	mp_map(&o, 9);
	mp_kstr(&o, "host", h->name);
	mp_kstr(&o, "address", netaddr_format(address, &h->from));
	mp_kbool(&o, "silent", h->silent);
	mp_kstr(&o, "clock", clocks[h->clock]);
	mp_kint(&o, "offset_ms", h->offset_ms);
	mp_kint(&o, "seen_ms", h->seen_wall_ms);
	mp_kint(&o, "age_ms", clock_boot_ms() - h->seen_ms);
	mp_kint(&o, "period_ms", h->period_ms);
	mp_kint(&o, "beacons", (int64_t)h->beacons);
	relay_end(w->l->relay, &o);
}

static void
tell_later(struct watch *w)
{
	if (ev_is_active(&w->tell) || w->is_paused)
		return;
	ev_timer_set(&w->tell, TELL_MS / 1e3, 0.);
	ev_timer_start(w->l->relay->loop, &w->tell);
}

static void
on_tell(struct ev_loop *loop, ev_timer *t, int revents)
{
	struct watch *w = t->data;
	int64_t since_ms = w->since_ms;
	size_t count;
	const struct rollcall_host *const *hosts = rollcall_hosts(w->beacons.hosts, &count);

	(void)loop;
	(void)revents;
	w->since_ms = clock_boot_ms();
	for (size_t i = 0; i < count; i++)
		if (hosts[i]->seen_ms >= since_ms)
			tell_host(w, hosts[i]);
}

static void
tell_state(struct watch *w, enum link_state s, const char *reason, int64_t retry_ms)
{
	static const struct link_peer beacons = {.program = "beacons"};

	relay_tell_state(w->l, s, reason, retry_ms, &beacons);
}

static void
on_rollcall(
    enum rollcall_what what, const struct rollcall_host *h, const struct netaddr *before, void *arg)
{
	struct watch *w = arg;
	char reason[80];

	(void)before;
	if (what == ROLLCALL_SILENT && !w->is_paused)
		tell_host(w, h);
	else if (what == ROLLCALL_SILENT)
		w->since_ms = 0; /* all are told of when it reads again */
	if (what != ROLLCALL_FULL)
		return;
	snprintf(
	    reason, sizeof(reason), "more than %d hosts: the others are not watched", HOSTS_MAX);
	log_warn("watch: %s", reason);
	tell_state(w, LINK_UP, reason, -1);
}

/* --- from the group --- */

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct watch *w = arg;

	(void)u;
	if (beacons_hear(&w->beacons, d))
		tell_later(w);
}

static int
open_socket(struct watch *w, char *why, size_t why_size)
{
	static const struct udp_events events = {.datagram = on_datagram};
	const struct udp_options options = {
	    .reuse = true, .broadcast = true, .max_bytes = BEACON_BYTES_MAX + 1};
	struct resolve_addr to, local;

	udp_addr(&w->group, w->port, &to);
	udp_any(to.sa.ss_family, w->port, &local);
	int err = udp_open(w->l->relay->loop, &local, &options, &events, w, &w->udp, why, why_size);

	if (err == OP_OK && netaddr_is_multicast(&w->group))
		err = udp_join(w->udp, &w->group, "", why, why_size);
	if (err != OP_OK) {
		udp_close(w->udp);
		w->udp = NULL;
	}
	return err;
}

/* A group that cannot be joined now (no network yet, say) is tried for ever. */
static void
on_begin(struct ev_loop *loop, ev_timer *t, int revents)
{
	struct watch *w = t->data;
	char why[200] = "";

	(void)revents;
	ev_timer_stop(loop, t);
	if (w->udp)
		return;
	if (open_socket(w, why, sizeof(why)) == OP_OK) {
		tell_state(w, LINK_UP, NULL, -1);
		return;
	}
	tell_state(w, LINK_DOWN, why, AGAIN_MS);
	ev_now_update(loop);
	ev_timer_set(t, AGAIN_MS / 1e3, 0.);
	ev_timer_start(loop, t);
}

/* --- as a link --- */

static void
watch_close(struct relay_link *l)
{
	struct watch *w = l->far;

	ev_timer_stop(l->relay->loop, &w->begin);
	ev_timer_stop(l->relay->loop, &w->tell);
	udp_close(w->udp);
	beacons_stop(&w->beacons);
	free(w);
}

static int
watch_send(struct relay_link *l, const struct wrap *wrapped, const struct rpc_msg *m)
{
	(void)l;
	(void)wrapped;
	return m->type == RPC_REQUEST ? OP_UNKNOWN_METHOD : OP_OK;
}

static void
watch_retry(struct relay_link *l)
{
	struct watch *w = l->far;

	ev_timer_stop(l->relay->loop, &w->begin);
	ev_timer_set(&w->begin, 0., 0.);
	ev_timer_start(l->relay->loop, &w->begin);
}

static void
watch_pause(struct relay_link *l, bool paused)
{
	struct watch *w = l->far;

	w->is_paused = paused;
	if (!paused && w->udp)
		tell_later(w);
}

static const struct relay_kind kind = {watch_close, watch_send, watch_retry, watch_pause};

int
watch_open(
    struct relay_link *l, const struct endpoint *e, const msgpack_object *params, const char **why)
{
	static const struct rollcall_options options = {.period_ms = BEACON_PERIOD_S * 1000,
	    .silent_periods = SILENT_PERIODS,
	    .max_offset_ms = MAX_OFFSET_MS,
	    .max_hosts = HOSTS_MAX};
	struct watch *w = calloc(1, sizeof(*w));

	(void)params;
	if (!w)
		return OP_NO_MEMORY;
	char *end;
	long port = strtol(e->port, &end, 10);

	*why = "the port is no number";
	int err = *end == '\0' && port > 0 ? netaddr_parse(e->host, &w->group) : OP_BAD_REQUEST;

	if (err == OP_OK)
		err = beacons_start(&w->beacons, l->relay->loop, &options, on_rollcall, w);
	if (err != OP_OK) {
		free(w);
		return err;
	}
	w->l = l;
	w->port = (uint16_t)port;
	ev_timer_init(&w->begin, on_begin, 0., 0.);
	ev_timer_init(&w->tell, on_tell, 0., 0.);
	w->begin.data = w->tell.data = w;
	ev_timer_start(l->relay->loop, &w->begin);
	l->kind = &kind;
	l->far = w;
	return OP_OK;
}
