/* SPDX-License-Identifier: ISC */
/* The configuration file: any bytes are a whole set of values, or one complaint and no change. */
#include "tests/fuzz/fuzz.h"

#include "daemon/server/config.h"
#include "lib/err.h"

struct values {
	int64_t pause_ms, count;
	bool loud;
	char *name;
	struct string_list access;
	struct section_list desks, door;
};

struct desk {
	char *title;
	int64_t height;
	char *owner;
};

static const struct server_setting desk_table[] = {
    {"height", SETTING_INT, "70", 50, 120, NULL, offsetof(struct desk, height), NULL, ""},
    {"owner", SETTING_STRING, NULL, 0, 0, NULL, offsetof(struct desk, owner), NULL, ""},
    {0},
};

static const struct server_section sections[] = {
    {"desk", SECTION_TITLED, desk_table, sizeof(struct desk), offsetof(struct values, desks), ""},
    {"door", SECTION_ONE, desk_table, sizeof(struct desk), offsetof(struct values, door), ""},
    {0},
};

static const struct server_setting table[] = {
    {"pause", SETTING_DURATION, "10s", 1000, 60000, NULL, offsetof(struct values, pause_ms), NULL,
	""},
    {"count", SETTING_INT, "5", 1, 10, NULL, offsetof(struct values, count), NULL, ""},
    {"loud", SETTING_BOOL, "no", 0, 0, NULL, offsetof(struct values, loud), NULL, ""},
    {"name", SETTING_STRING, "red", 0, 0, NULL, offsetof(struct values, name), NULL, ""},
    {"access", SETTING_STRINGS, "a, b", 0, 0, NULL, offsetof(struct values, access), NULL, ""},
    {0},
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct values v, copy;
	const struct settings_part copies[] = {{table, &copy, sections}, {0}};
	const struct settings_part parts[] = {{table, &v, sections}, {0}};
	char why[200] = "";
	int err;

	FUZZ_CHECK(settings_init(parts) == OP_OK);
	err = config_parse_text(data, size, "f", parts, why, sizeof(why));
	FUZZ_CHECK(err == OP_OK || err == OP_BAD_REQUEST);
	FUZZ_CHECK((err == OP_OK) == (why[0] == '\0'));
	FUZZ_CHECK(v.pause_ms >= 1000 && v.pause_ms <= 60000);
	FUZZ_CHECK(v.count >= 1 && v.count <= 10);
	FUZZ_CHECK(!err || (v.count == 5 && strcmp(v.name, "red") == 0 && v.access.count == 2));
	FUZZ_CHECK(v.door.count <= 1 && (!err || v.desks.count == 0));
	for (size_t i = 0; i < v.desks.count; i++) {
		const struct desk *d = (const struct desk *)v.desks.items + i;

		FUZZ_CHECK(d->title && d->height >= 50 && d->height <= 120);
	}
	FUZZ_CHECK(settings_copy(copies, parts) == OP_OK);
	FUZZ_CHECK(copy.desks.count == v.desks.count && copy.access.count == v.access.count);
	settings_fini(copies);
	settings_fini(parts);
	return 0;
}
