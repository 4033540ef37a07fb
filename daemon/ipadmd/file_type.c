/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/file_type.h"

#include <string.h>

#include "daemon/ipadmd/type_rows.h"

#define FLAT(name)                                                                       \
	{                                                                                \
		name, flat_merge_buf, flat_pack_diff, flat_pack_changed, flat_check_buf, \
		    flat_row_keys, flat_pack_row                                         \
	}

static const struct file_type types[] = {
    {"subnet", subnet_merge, subnet_pack_diff, subnet_pack_changed, NULL, subnet_row_keys,
	subnet_pack_row},
    FLAT("hosts"),
    FLAT("table"),
    FLAT("text"),
};

const struct file_type *const file_type_subnet = &types[0];

const struct file_type *
file_type_find(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}
