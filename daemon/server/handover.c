/* SPDX-License-Identifier: ISC */
/* The structs go as they are: sender and receiver are forks of one process. */
#include "daemon/server/handover.h"

#include "daemon/server/parcel.h"
#include "lib/err.h"

int
bell_open(struct bell *b)
{
	int fds[2], err = parcel_pair(fds, true);

	if (err)
		return err;
	b->in = fds[0];
	b->out = fds[1];
	return OP_OK;
}

int
bell_ring(int fd, uint32_t generation, int channel)
{
	const struct iovec part = {&generation, sizeof(generation)};

	return parcel_send(fd, &part, 1, &channel, channel != -1);
}

int
bell_hear(int fd, struct ring *out)
{
	struct parcel p;
	int err = parcel_receive(fd, &out->generation, sizeof(out->generation), &p);

	out->pid = p.pid;
	if (!err && (p.len != sizeof(out->generation) || p.count > 1)) {
		parcel_close(&p);
		err = OP_PROTOCOL;
	}
	if (!err)
		out->channel = p.fds[0]; /* -1 when none came */
	return err;
}

int
handover_send(int channel, const struct arrival *client, int fd)
{
	const struct iovec part = {(struct arrival *)client, sizeof(*client)};

	return parcel_send(channel, &part, 1, &fd, 1);
}

int
handover_receive(int channel, struct arrival *client, int *fd)
{
	struct parcel p;
	int err = parcel_receive(channel, client, sizeof(*client), &p);

	if (!err && (p.len != sizeof(*client) || p.count != 1)) {
		parcel_close(&p);
		err = OP_PROTOCOL;
	}
	if (!err)
		*fd = p.fds[0];
	return err;
}

size_t
handover_reported(size_t len)
{
	size_t most = HANDOVER_NUMBERS * sizeof(uint32_t);

	return len < most ? len : most;
}

int
handover_report(int channel, const void *numbers, size_t len)
{
	const struct iovec part = {(void *)numbers, handover_reported(len)};

	return parcel_send(channel, &part, 1, NULL, 0);
}

int
handover_hear(int channel, uint32_t numbers[HANDOVER_NUMBERS])
{
	size_t size = HANDOVER_NUMBERS * sizeof(*numbers);
	struct parcel p;
	int err = parcel_receive(channel, numbers, size, &p);

	if (err)
		return err;
	if (p.count == 0 && p.len % sizeof(*numbers) == 0)
		return (int)(p.len / sizeof(*numbers));
	parcel_close(&p);
	return OP_PROTOCOL;
}
