/* SPDX-License-Identifier: ISC */
/* A log of SQLite as a damaged disk may give it back. */
#include "tests/fuzz/fuzz.h"

#include "daemon/mediachanged/sqlite_wal.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t frame = 0;
	enum sqlite_wal state = sqlite_wal_look(data, size, &frame);

	FUZZ_CHECK(state == SQLITE_WAL_BAD_FRAME ? frame >= 1 && frame <= size / 512 : frame == 0);
	/* a log that is cut behind a whole frame, or anywhere else, ends there */
	if (state == SQLITE_WAL_WHOLE)
		FUZZ_CHECK(sqlite_wal_look(data, size / 2, &frame) != SQLITE_WAL_BAD_FRAME);
	return 0;
}
