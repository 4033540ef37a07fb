/* SPDX-License-Identifier: ISC */
/*
 * What the fuzz targets of importers share: read, then plan for two subnets, and what must hold
 * whatever was read: places within the source, files that only change when it says so, and an
 * import that has no error and is planned again changes nothing more.
 */
#ifndef OPDESK_TESTS_FUZZ_EXCHANGE_H
#define OPDESK_TESTS_FUZZ_EXCHANGE_H

#include <string.h>
#include "lib/err.h"
#include "lib/exchange/plan.h"
#include "tests/fuzz/fuzz.h"

static const char exchange_v4[] =
    "Title = A\nDomain = b.example\nBase_IP = 10.0.0.0\nSubnet_Mask = 255.0.0.0\n__NODES__\n"
    "a:10.0.0.1:020000000001:x:m:c\n";
static const char exchange_v6[] =
    "Title = B\nFormat = 2\nDomain = b.example\nBase_IP = [2001:db8::]\nSubnet_Mask = 64\n"
    "__NODES__\na:[2001:db8::1]::::\n";

static void
exchange_check_places(const struct exchange *x, size_t size)
{
	FUZZ_CHECK(x->finding_count <= x->errors + x->warnings);
	for (size_t i = 0; i < x->node_count; i++) {
		FUZZ_CHECK(x->nodes[i].line >= 1 && x->nodes[i].line <= size + 1);
		for (size_t f = 0; f < SDB_FIELDS; f++)
			FUZZ_CHECK(x->nodes[i].field[f].len <= 2 * size + 300);
	}
	for (size_t i = 0; i < x->finding_count; i++) {
		FUZZ_CHECK(x->findings[i].line <= size + 1 && x->findings[i].column <= size + 1);
		FUZZ_CHECK(strchr(x->findings[i].message, '\n') == NULL);
	}
}

static size_t
exchange_plan(struct exchange *x, struct plan_subnet *subnets, enum plan_key by)
{
	struct plan_totals t;

	subnets[0].is_changed = subnets[1].is_changed = false;
	FUZZ_CHECK(plan_import(x, subnets, 2, by, &t) == OP_OK);
	FUZZ_CHECK((t.added + t.changed + t.moved > 0) ==
		   (subnets[0].is_changed || subnets[1].is_changed));
	return t.added + t.changed + t.moved;
}

static void
exchange_check(
    const struct exchange_format *format, const char *bytes, size_t size, enum plan_key by)
{
	struct plan_subnet subnets[2] = {{.name = "Subnet_1.sdb"}, {.name = "Subnet_2.sdb"}};
	struct exchange x, again;

	exchange_init(&x);
	exchange_init(&again);
	FUZZ_CHECK(format->read(bytes, size, NULL, &x) == OP_OK);
	exchange_check_places(&x, size);
	FUZZ_CHECK(sdb_file_parse(exchange_v4, strlen(exchange_v4), &subnets[0].file) == OP_OK);
	FUZZ_CHECK(sdb_file_parse(exchange_v6, strlen(exchange_v6), &subnets[1].file) == OP_OK);
	exchange_plan(&x, subnets, by);
	if (x.errors == 0 && by == PLAN_BY_ADDRESS) {
		FUZZ_CHECK(format->read(bytes, size, NULL, &again) == OP_OK);
		FUZZ_CHECK(exchange_plan(&again, subnets, by) == 0);
	}
	sdb_file_free(subnets[0].file);
	sdb_file_free(subnets[1].file);
	exchange_fini(&x);
	exchange_fini(&again);
}

static int
exchange_fuzz(const char *format, const uint8_t *data, size_t size)
{
	for (enum plan_key by = PLAN_BY_ADDRESS; by <= PLAN_BY_MAC; by++)
		exchange_check(exchange_find(format), (const char *)data, size, by);
	return 0;
}

#endif
