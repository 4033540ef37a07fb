/* SPDX-License-Identifier: ISC */
/* Endpoints as users write them, and messages about servers.  Looks at the environment, at the
 * files it names and at the names of services. */
#include "client/common/server.h"

#include <stdio.h>
#include <string.h>
#include "lib/ev/tls.h"
#include "lib/paths.h"

const struct server_kind server_mediachanged = {"mediachanged", "8979"};
const struct server_kind server_ipadmd = {"ipadmd", "8980"};

static int
default_socket(const struct server_kind *k, struct endpoint *out, const char **why)
{
	struct endpoint e = {.kind = ENDPOINT_UNIX};
	char name[64];

	snprintf(name, sizeof(name), "%s.sock", k->name);
	int err = paths_socket(e.path, sizeof(e.path), name);

	if (err != OP_OK) {
		*why = err == OP_NOT_FOUND ? "there is no home directory for the default socket"
					   : "the path of the default socket is too long";
		return OP_BAD_REQUEST;
	}
	*out = e;
	return OP_OK;
}

/* What is wrong in a crontab is found at once, and not blamed on the daemon. */
static int
check_tls_files(char *why, size_t size)
{
	struct tls *tls;
	int err = tls_client_of_environment(&tls, why, size);

	if (err == OP_OK)
		tls_free(tls);
	return err;
}

static int
parse(const struct server_kind *k, const char *text, struct endpoint *out, const char **why)
{
	if (strcmp(text, "unix:") == 0)
		return default_socket(k, out, why);
	int err = endpoint_parse(text, k->default_port, out, why);

	if (err != OP_OK)
		return err;
	endpoint_default_program(out, k->name);
	if (endpoint_port_is_known(out))
		return OP_OK;
	*why = ENDPOINT_SERVER_UNKNOWN;
	return OP_BAD_REQUEST;
}

int
server_parse(const struct server_kind *k, const char *text, struct endpoint *out, const char **why)
{
	static char message[SERVER_WHY];
	int err = parse(k, text, out, why);

	if (err != OP_OK)
		snprintf(message, sizeof(message), "\"%s\" is no endpoint: %s", text, *why);
	else if (out->kind == ENDPOINT_TLS)
		err = check_tls_files(message, sizeof(message));
	*why = message;
	return err == OP_OK ? OP_OK : OP_BAD_REQUEST;
}

/* %1$s endpoint, %2$s reason, %3$s daemon */
static const struct {
	int err;
	const char *format;
} explanations[] = {
    {OP_NOT_FOUND, "cannot find the host of %1$s: %2$s; is the name right?"},
    {OP_UNAVAILABLE, "no daemon at %1$s: %2$s; is %3$s running?"},
    {OP_DENIED, "not allowed at %1$s: %2$s; ask whoever runs %3$s there"},
    {OP_TIMEOUT, "no answer from %1$s: %2$s; is that the port of %3$s?"},
    {OP_CLOSED, "%1$s closed the connection: %2$s; does its %3$s allow this host?"},
    {OP_PROTOCOL, "%1$s does not speak our protocol: %2$s; is that the port of %3$s?"},
    {OP_CONFLICT, "%1$s refused: %2$s"},
    {OP_NOT_NOW, "%3$s at %1$s cannot do it now: %2$s"},
};

const char *
server_explain(char *dst, size_t size, const struct server_kind *k, const struct endpoint *e,
    int err, const char *reason)
{
	char place[ENDPOINT_TEXT];
	const char *format = "%1$s: %2$s";

	endpoint_format(place, sizeof(place), e);
	if (!reason || !*reason)
		reason = op_strerror(err);
	for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]); i++)
		if (explanations[i].err == err)
			format = explanations[i].format;
	if (e->kind == ENDPOINT_TLS && err == OP_CLOSED)
		format = "%1$s closed the connection: %2$s; does its %3$s speak TLS, and allow "
			 "this host?";
	if (e->kind == ENDPOINT_SSH && err == OP_UNAVAILABLE)
		format = "cannot reach %3$s through %1$s: %2$s";
	snprintf(dst, size, format, place, reason, k->name);
	return dst;
}
