/* SPDX-License-Identifier: ISC */
/* The two clocks; called by the shells around the pure code, from any loop. */
#include "lib/clock.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BOOT_ID_DIGITS 15 /* 60 bits of its 122 */

static int64_t
now_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_boot_ms(void)
{
	return now_us(CLOCK_BOOTTIME) / 1000;
}

int64_t
clock_boot_us(void)
{
	return now_us(CLOCK_BOOTTIME);
}

int64_t
clock_boot_id(void)
{
	char text[64] = "", digits[BOOT_ID_DIGITS + 1] = "";
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	size_t count = 0;

	if (fd == -1)
		return 0;
	if (read(fd, text, sizeof(text) - 1) > 0)
		for (const char *p = text; *p && count < BOOT_ID_DIGITS; p++)
			if (isxdigit((unsigned char)*p))
				digits[count++] = *p;
	close(fd);
	return strtoll(digits, NULL, 16);
}

int64_t
clock_wall_ms(void)
{
	return now_us(CLOCK_REALTIME) / 1000;
}
