/* SPDX-License-Identifier: ISC */
/*
 * Wire form of a message: listener NUL name NUL.  It never leaves the host or the daemon's own
 * processes, and the two texts are for logs and screens only.
 */
#include "daemon/server/door.h"

#include <string.h>
#include "daemon/server/parcel.h"
#include "lib/err.h"
#include "lib/text.h"

int
door_open(struct door *d)
{
	int fds[2], err = parcel_pair(fds, true);

	if (err)
		return err;
	d->in = fds[0];
	d->out = fds[1];
	return OP_OK;
}

int
door_send(int fd, const char *listener, const char *name, int link_fd, int client_fd)
{
	const int fds[] = {link_fd, client_fd};
	const struct iovec parts[] = {
	    {(char *)listener, strlen(listener) + 1},
	    {(char *)name, strlen(name) + 1},
	};

	return parcel_send(fd, parts, 2, fds, 2);
}

static int
unpack_texts(const char *bytes, size_t len, struct door_visit *out)
{
	size_t listener = strnlen(bytes, len), name;

	if (listener + 1 >= len || listener >= sizeof(out->listener))
		return OP_PROTOCOL;
	name = strnlen(bytes + listener + 1, len - listener - 1);
	if (listener + 1 + name + 1 != len || name >= sizeof(out->name))
		return OP_PROTOCOL;
	if (!text_is_utf8(bytes, listener) || !text_is_utf8(bytes + listener + 1, name))
		return OP_PROTOCOL;
	memcpy(out->listener, bytes, listener + 1);
	memcpy(out->name, bytes + listener + 1, name + 1);
	return OP_OK;
}

int
door_receive(int fd, struct door_visit *out)
{
	char bytes[DOOR_LISTENER + DOOR_NAME];
	struct parcel p;
	int err = parcel_receive(fd, bytes, sizeof(bytes), &p);

	out->pid = p.pid;
	if (!err && (p.count != 2 || unpack_texts(bytes, p.len, out))) {
		parcel_close(&p);
		err = OP_PROTOCOL;
	}
	if (err)
		return err;
	out->link_fd = p.fds[0];
	out->client_fd = p.fds[1];
	return OP_OK;
}
