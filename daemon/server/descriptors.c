/* SPDX-License-Identifier: ISC */
/* close_range(2) over the gaps between the sorted survivors: a few calls, however many are open. */
#include "daemon/server/descriptors.h"

#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include "lib/log.h"

static int
compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

void
descriptors_keep(const int *keep, size_t count)
{
	int sorted[DESCRIPTORS_KEEP_MAX + 1];
	unsigned first = 3;

	assert(count <= DESCRIPTORS_KEEP_MAX);
	for (size_t i = 0; i < count; i++)
		sorted[i] = keep[i];
	sorted[count++] = log_fd();
	qsort(sorted, count, sizeof(*sorted), compare);
	for (size_t i = 0; i < count; i++) {
		if (sorted[i] < (int)first)
			continue;
		if (sorted[i] > (int)first)
			close_range(first, (unsigned)sorted[i] - 1, 0);
		first = (unsigned)sorted[i] + 1;
	}
	close_range(first, UINT_MAX, 0);
}

void
descriptors_fill(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

size_t
descriptors_raise(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == -1)
		return 0;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	return (size_t)r.rlim_cur;
}
