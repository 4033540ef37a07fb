/* SPDX-License-Identifier: ISC */
/*
 * From exec to a window on the screen: map_time COMMAND ARG….  Watches the root window for the
 * first new window of some size, prints the milliseconds, ends the command and waits
 * until the window has gone.
 */
#include <X11/Xlib.h>
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench/common.h"

#define LIMIT 20.0 /* seconds */
#define MIN_PIXELS 60

static int
ignore_error(Display *display, XErrorEvent *event)
{
	(void)display;
	(void)event;
	return 0;
}

/* The next event, or false when `end` has come. */
static bool
next_event(Display *display, double end, XEvent *event)
{
	struct pollfd fd = {.fd = ConnectionNumber(display), .events = POLLIN};

	while (!XPending(display)) {
		double left = end - bench_now();

		if (left <= 0)
			return false;
		poll(&fd, 1, (int)(left * 1000) + 1);
	}
	XNextEvent(display, event);
	return true;
}

static bool
is_large(Display *display, Window window)
{
	XWindowAttributes a;

	return XGetWindowAttributes(display, window, &a) && a.width >= MIN_PIXELS &&
	       a.height >= MIN_PIXELS;
}

static Window
wait_mapped(Display *display, double *when)
{
	XEvent event;
	double end = bench_now() + LIMIT;

	while (next_event(display, end, &event)) {
		*when = bench_now();
		if (event.type == MapNotify && is_large(display, event.xmap.window))
			return event.xmap.window;
	}
	return None;
}

static void
wait_gone(Display *display, Window window)
{
	XEvent event;
	double end = bench_now() + LIMIT;

	while (next_event(display, end, &event)) {
		if ((event.type == UnmapNotify && event.xunmap.window == window) ||
		    (event.type == DestroyNotify && event.xdestroywindow.window == window))
			return;
	}
	errx(1, "the window stays");
}

/* A Tk of another language may not see TERM while it waits for events. */
static void
end(pid_t pid)
{
	double limit = bench_now() + 5;

	kill(pid, SIGTERM);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (bench_now() > limit)
			kill(pid, SIGKILL);
		poll(NULL, 0, 2);
	}
}

int
main(int argc, char **argv)
{
	Display *display = XOpenDisplay(NULL);
	double began, mapped = 0;
	Window window;
	pid_t pid;

	if (argc < 2 || !display)
		errx(64, "usage: map_time COMMAND ARG… (with a display)");
	XSetErrorHandler(ignore_error);
	XSelectInput(display, DefaultRootWindow(display), SubstructureNotifyMask);
	XSync(display, False);
	began = bench_now();
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(ConnectionNumber(display));
		execvp(argv[1], argv + 1);
		err(127, "%s", argv[1]);
	}
	window = wait_mapped(display, &mapped);
	end(pid);
	if (window == None)
		errx(1, "no window within %.0f s", LIMIT);
	wait_gone(display, window);
	printf("ms %.1f\n", (mapped - began) * 1000);
	return 0;
}
