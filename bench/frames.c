/* SPDX-License-Identifier: ISC */
/*
 * Frames per second through a child on two pipes, as the GUI has its helper:
 *   frames WINDOW SECONDS pipe               the child sends every byte back: the pipe alone
 *   frames WINDOW SECONDS HELPER ENDPOINT    the child is ipadmh with a link to an echoing server
 * WINDOW calls are kept in flight.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "bench/common.h"
#include "lib/frame.h"

static int in_fd, out_fd; /* from and to the child */

static void
echo_bytes(void)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(STDIN_FILENO, bytes, sizeof bytes)) > 0)
		bench_write(STDOUT_FILENO, bytes, (size_t)n);
	_exit(0);
}

static void
start_child(const char *helper)
{
	int down[2], up[2];
	pid_t pid;

	if (pipe(down) < 0 || pipe(up) < 0 || (pid = fork()) < 0)
		err(1, "pipe or fork");
	if (pid == 0) {
		dup2(down[0], STDIN_FILENO);
		dup2(up[1], STDOUT_FILENO);
		close(down[1]);
		close(up[0]);
		if (strcmp(helper, "pipe") == 0)
			echo_bytes();
		execl(helper, helper, (char *)NULL);
		err(1, "%s", helper);
	}
	close(down[0]);
	close(up[1]);
	in_fd = up[0];
	out_fd = down[1];
}

static void
call(struct buf *out, int64_t link, uint32_t msgid, const char *method, const char *key,
    const char *value)
{
	struct mp_out o;
	size_t mark;

	if (frame_begin(out, &mark) < 0)
		errx(1, "out of memory");
	mp_out_init(&o, out);
	mp_array(&o, 2);
	mp_int(&o, link);
	rpc_request(&o, msgid, method);
	mp_map(&o, 1);
	mp_kstr(&o, key, value);
	if (o.err || frame_end(out, mark) < 0)
		errx(1, "out of memory");
}

static void
flush(struct buf *out)
{
	bench_write(out_fd, buf_bytes(out), buf_len(out));
	buf_clear(out);
}

static void
read_more(struct buf *in)
{
	unsigned char *room;
	ssize_t n;

	if (buf_reserve(in, 65536, &room) < 0)
		errx(1, "out of memory");
	n = read(in_fd, room, 65536);
	if (n <= 0)
		errx(1, "the child closed");
	buf_commit(in, (size_t)n);
}

/* Take whole frames off until there is none; how many. */
static int
take_all(struct buf *in)
{
	struct frame f;
	int count = 0;

	read_more(in);
	while (frame_peek(buf_bytes(in), buf_len(in), FRAME_MAX, &f) == 0) {
		buf_consume(in, FRAME_HEADER + f.len);
		count++;
	}
	return count;
}

/* Open the link and read until its state is `up`; the number that the helper gave it. */
static int64_t
open_link(struct buf *in, struct buf *out, const char *endpoint)
{
	int64_t link = -1;
	bool up = false;

	call(out, 0, 1, "link.open", "endpoint", endpoint);
	flush(out);
	while (link < 0 || !up) {
		struct frame f;
		struct rpc_msg m;
		struct mp_text state;

		while (frame_peek(buf_bytes(in), buf_len(in), FRAME_MAX, &f) < 0)
			read_more(in);
		/* [0, rpc]: the array's head and the 0 are a byte each */
		if (rpc_parse(&m, f.payload + 2, f.len - 2) < 0)
			errx(1, "no RPC from the helper");
		if (m.type == RPC_RESPONSE && mp_get_int(m.result, "link", &link) < 0)
			errx(1, "link.open refused");
		if (m.type == RPC_NOTIFY && mp_get_text(m.params, "state", &state) == 0)
			up = mp_text_is(state, "up");
		rpc_fini(&m);
		buf_consume(in, FRAME_HEADER + f.len);
	}
	return link;
}

int
main(int argc, char **argv)
{
	struct buf in, out;
	int64_t link = 1;
	uint32_t msgid = 2;
	long frames = 0;

	if (argc < 4)
		errx(64, "usage: frames WINDOW SECONDS pipe|HELPER [ENDPOINT]");
	buf_init(&in);
	buf_init(&out);
	start_child(argv[3]);
	if (argc == 5)
		link = open_link(&in, &out, argv[4]);
	for (int i = bench_count(argv[1]); i > 0; i--)
		call(&out, link, msgid++, "echo", "text",
		    "forty bytes of text for the way and back");
	flush(&out);
	double began = bench_now(), end = began + bench_count(argv[2]);
	while (bench_now() < end) {
		int n = take_all(&in);

		frames += n;
		while (n-- > 0)
			call(&out, link, msgid++, "echo", "text",
			    "forty bytes of text for the way and back");
		flush(&out);
	}
	printf("frames %.1f\n", (double)frames / (bench_now() - began));
	buf_fini(&in);
	buf_fini(&out);
	return 0;
}
