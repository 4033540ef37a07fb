/* SPDX-License-Identifier: ISC */
/*
 * The one table that turns errno of socket calls into our errors; used by every file of lib/ev/.
 */
#include "lib/ev/reason.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "lib/err.h"

static const struct {
	int errnum;
	int err;
} errors[] = {
    {ECONNREFUSED, OP_UNAVAILABLE},
    {ENETUNREACH, OP_UNAVAILABLE},
    {EHOSTUNREACH, OP_UNAVAILABLE},
    {ENETDOWN, OP_UNAVAILABLE},
    {EHOSTDOWN, OP_UNAVAILABLE},
    {EADDRNOTAVAIL, OP_UNAVAILABLE},
    {EAFNOSUPPORT, OP_UNAVAILABLE},
    {ENOENT, OP_UNAVAILABLE},
    {ENOTDIR, OP_UNAVAILABLE},
    {ENOTSOCK, OP_UNAVAILABLE},
    {EACCES, OP_DENIED},
    {EPERM, OP_DENIED},
    {ETIMEDOUT, OP_TIMEOUT},
    {ECONNRESET, OP_CLOSED},
    {ECONNABORTED, OP_CLOSED},
    {ENOTCONN, OP_CLOSED},
    {EPIPE, OP_CLOSED},
    {EADDRINUSE, OP_CONFLICT},
    {EMSGSIZE, OP_TOO_LARGE},
    {ENOMEM, OP_NO_MEMORY},
};

int
reason_err(int errnum)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].errnum == errnum)
			return errors[i].err;
	return OP_SYSTEM;
}

const char *
reason_lower(char *dst, size_t size, const char *text)
{
	snprintf(dst, size, "%s", text);
	if (size > 1 && islower((unsigned char)dst[1]))
		dst[0] = (char)tolower((unsigned char)dst[0]);
	return dst;
}

const char *
reason_text(char *dst, size_t size, int errnum)
{
	return reason_lower(dst, size, strerror(errnum));
}
