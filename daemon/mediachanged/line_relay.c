/* SPDX-License-Identifier: ISC */
/*
 * One line in, one token out (docs/protocol.md, One-line protocol).
 */
#include "daemon/mediachanged/line_relay.h"

static void
ask(struct mp_out *o, uint32_t msgid, const char *id, const char *line, size_t len)
{
	rpc_request(o, msgid, "alert.ask");
	mp_map(o, 3);
	mp_kstr(o, "id", id);
	mp_str(o, "text");
	mp_strn(o, line, len);
	mp_kbool(o, "line", true);
}

/* Only an answer of a person is told: withdrawn and expired ones close without a byte. */
static void
reply(const struct rpc_msg *response, struct buf *out)
{
	struct mp_text state, answer;

	if (response->error || mp_get_text(response->result, "state", &state) ||
	    !mp_text_is(state, "answered") || mp_get_text(response->result, "answer", &answer))
		return;
	if (buf_append(out, answer.s, answer.len) == 0 && buf_append(out, "\n", 1) != 0)
		buf_truncate(out, buf_len(out) - answer.len);
}

static void
withdraw(struct mp_out *o, uint32_t msgid, const char *id)
{
	rpc_request(o, msgid, "alert.withdraw");
	mp_map(o, 2);
	mp_kstr(o, "id", id);
	mp_kstr(o, "reason", "the asker hung up");
}

static void
confirm(struct mp_out *o, uint32_t msgid, const char *id)
{
	rpc_request(o, msgid, "alert.confirm");
	mp_map(o, 1);
	mp_kstr(o, "id", id);
}

const struct relay_line line_relay = {
    .request = ask, .reply = reply, .gone = withdraw, .delivered = confirm};
