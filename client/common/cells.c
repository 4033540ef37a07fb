/* SPDX-License-Identifier: ISC */
/* Parts of what a daemon answered as plain text, for tables, single lines and full views.  Pure. */
#include "client/common/cells.h"

#include <time.h>
#include "lib/err.h"
#include "lib/text.h"
#include "lib/units.h"

int
cell_text(struct buf *out, const msgpack_object *alert, const char *key)
{
	struct mp_text t;

	return mp_get_text(alert, key, &t) == OP_OK ? text_plain(out, t.s, t.len, false) : OP_OK;
}

int
cell_int(struct buf *out, const msgpack_object *alert, const char *key)
{
	int64_t v;

	return mp_get_int(alert, key, &v) == OP_OK ? buf_printf(out, "%lld", (long long)v) : OP_OK;
}

int
cell_duration(struct buf *out, const msgpack_object *alert, const char *key)
{
	char text[40];
	int64_t ms;

	if (mp_get_int(alert, key, &ms) != OP_OK)
		return OP_OK;
	return buf_printf(out, "%s", units_format_ms(text, sizeof(text), ms));
}

int
cell_time(struct buf *out, int64_t at_ms)
{
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm tm;
	char text[32];

	if (!localtime_r(&seconds, &tm))
		return OP_OK;
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	return buf_printf(out, "%s", text);
}
