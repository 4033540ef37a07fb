/* SPDX-License-Identifier: ISC */
/*
 * The transport over OpenSSL's SSL objects.  There is no renegotiation in TLS 1.3, so that after
 * the handshake reading waits for the socket to be readable and writing for it to be writable, but
 * for the answers to key updates, which go out with what is written next.
 */
#include "lib/ev/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/err.h"

#define RECORD 16384u /* the largest one */

struct tls {
	SSL_CTX *ctx;
};

/* --- errors --- */

/* The first reason in the queue, which is emptied; NULL: there is none. */
static const char *
drain(void)
{
	unsigned long code = ERR_get_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	if (code && ERR_SYSTEM_ERROR(code))
		reason = strerror(ERR_GET_REASON(code));
	ERR_clear_error();
	return reason;
}

static int
complain(char *why, size_t size, const char *what)
{
	const char *reason = drain();

	snprintf(why, size, "%s: %s", what, reason ? reason : "not usable");
	return OP_BAD_REQUEST;
}

/* `reason` NULL: what OpenSSL says. */
static int
blame(char *why, size_t size, const struct tls_file *f, const char *reason)
{
	const char *said = drain();

	if (!reason)
		reason = said ? said : "not usable";
	snprintf(why, size, "%s: %s: %s", f->name, f->path, reason);
	return OP_BAD_REQUEST;
}

/* --- contexts --- */

static int
no_password(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1; /* else OpenSSL asks the terminal */
}

static bool
is_given(const struct tls_file *f)
{
	return f->path && *f->path;
}

/* OpenSSL's own words for these say nothing to whoever has to mend it. */
static const char *
reason_of_key(void)
{
	switch (ERR_GET_REASON(ERR_peek_error())) {
	case ERR_R_INTERRUPTED_OR_CANCELLED:
		return "it is encrypted, and there is nobody to ask for the password";
	case ERR_R_UNSUPPORTED:
		return "no key in it";
	default:
		return NULL;
	}
}

static int
take_certificate(SSL_CTX *ctx, const struct tls_files *f, char *why, size_t size)
{
	const char *key = is_given(&f->key) ? f->key.path : f->certificate.path;

	SSL_CTX_set_default_passwd_cb(ctx, no_password);
	if (SSL_CTX_use_certificate_chain_file(ctx, f->certificate.path) != 1)
		return blame(why, size, &f->certificate, NULL);
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1)
		return OP_OK;
	if (is_given(&f->key))
		return blame(why, size, &f->key, reason_of_key());
	return blame(why, size, &f->certificate,
	    "no key of its own in it, and no other file is named for that");
}

static int
take_files(SSL_CTX *ctx, const struct tls_files *f, char *why, size_t size)
{
	int err = OP_OK;

	if (is_given(&f->certificate))
		err = take_certificate(ctx, f, why, size);
	else if (is_given(&f->key))
		return blame(why, size, &f->key, "a key without a certificate");
	if (!err && is_given(&f->authorities) &&
	    SSL_CTX_load_verify_file(ctx, f->authorities.path) != 1)
		err = blame(why, size, &f->authorities, NULL);
	return err;
}

static int
context(const SSL_METHOD *method, const struct tls_files *f, SSL_CTX **out, char *why, size_t size)
{
	SSL_CTX *ctx = SSL_CTX_new(method);
	int err;

	if (!ctx || SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1) {
		SSL_CTX_free(ctx);
		return complain(why, size, "TLS");
	}
	/* What is queued may move, and the queue is the only copy. */
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				  SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	err = take_files(ctx, f, why, size);
	if (err)
		SSL_CTX_free(ctx);
	else
		*out = ctx;
	return err;
}

static int
keep(SSL_CTX *ctx, struct tls **out, char *why, size_t size)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (!t) {
		SSL_CTX_free(ctx);
		snprintf(why, size, "%s", op_strerror(OP_NO_MEMORY));
		return OP_NO_MEMORY;
	}
	t->ctx = ctx;
	*out = t;
	return OP_OK;
}

int
tls_server_new(const struct tls_files *f, struct tls **out, char *why, size_t size)
{
	SSL_CTX *ctx;
	int err = context(TLS_server_method(), f, &ctx, why, size);

	if (err)
		return err;
	SSL_CTX_set_num_tickets(ctx, 0); /* another process would not know them */
	if (is_given(&f->authorities))
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return keep(ctx, out, why, size);
}

int
tls_client_new(const struct tls_files *f, struct tls **out, char *why, size_t size)
{
	SSL_CTX *ctx;
	int err = context(TLS_client_method(), f, &ctx, why, size);

	if (err)
		return err;
	if (!is_given(&f->authorities) && SSL_CTX_set_default_verify_paths(ctx) != 1) {
		SSL_CTX_free(ctx);
		return complain(why, size, "the system's certificates");
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	return keep(ctx, out, why, size);
}

int
tls_client_of_environment(struct tls **out, char *why, size_t size)
{
	static const char cert[] = "OPDESK_TLS_CERT", key[] = "OPDESK_TLS_KEY",
			  ca[] = "OPDESK_TLS_CA";
	const struct tls_files files = {
	    .certificate = {getenv(cert), cert},
	    .key = {getenv(key), key},
	    .authorities = {getenv(ca), ca},
	};

	return tls_client_new(&files, out, why, size);
}

void
tls_free(struct tls *t)
{
	if (!t)
		return;
	SSL_CTX_free(t->ctx); /* lives on while transports use it */
	free(t);
}

/* --- the socket below, whose writes raise no SIGPIPE --- */

static int
below_write(BIO *b, const char *bytes, int len)
{
	ssize_t n = send((int)(intptr_t)BIO_get_data(b), bytes, (size_t)len, MSG_NOSIGNAL);

	BIO_clear_retry_flags(b);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_write(b);
	return (int)n;
}

static int
below_read(BIO *b, char *bytes, int len)
{
	ssize_t n = recv((int)(intptr_t)BIO_get_data(b), bytes, (size_t)len, 0);

	BIO_clear_retry_flags(b);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_read(b);
	return (int)n;
}

static long
below_control(BIO *b, int what, long number, void *pointer)
{
	(void)b;
	(void)number;
	(void)pointer;
	return what == BIO_CTRL_FLUSH;
}

struct below {
	BIO_METHOD *method;
	SSL *ssl;
};

static void
below_free(struct below *b)
{
	if (!b)
		return;
	SSL_free(b->ssl);
	BIO_meth_free(b->method);
	free(b);
}

static struct below *
below_new(SSL_CTX *ctx, int fd)
{
	struct below *b = calloc(1, sizeof(*b));
	BIO *bio = NULL;

	if (b && (b->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket"))) {
		BIO_meth_set_write(b->method, below_write);
		BIO_meth_set_read(b->method, below_read);
		BIO_meth_set_ctrl(b->method, below_control);
		b->ssl = SSL_new(ctx);
		bio = BIO_new(b->method);
	}
	if (!bio || !b->ssl) {
		BIO_free(bio);
		below_free(b);
		return NULL;
	}
	BIO_set_data(bio, (void *)(intptr_t)fd);
	BIO_set_init(bio, 1);
	SSL_set_bio(b->ssl, bio, bio);
	return b;
}

static SSL *
ssl_of(const struct transport *t)
{
	return ((const struct below *)t->state)->ssl;
}

/* --- the transport --- */

/* As errno has it. */
static ssize_t
failed(SSL *ssl, int n)
{
	int what = SSL_get_error(ssl, n), saved = errno;

	ERR_clear_error();
	if (what == SSL_ERROR_WANT_READ || what == SSL_ERROR_WANT_WRITE)
		errno = EAGAIN;
	else if (what == SSL_ERROR_SYSCALL && saved != 0)
		errno = saved;
	else
		errno = ECONNRESET;
	return -1;
}

/* One record: with room for a whole one nothing of it stays behind, where poll(2) would not see it,
 * and the next one, which may be the end, is still in the socket. */
static ssize_t
tls_read(struct transport *t, void *bytes, size_t len)
{
	SSL *ssl = ssl_of(t);
	int n;

	ERR_clear_error();
	errno = 0;
	n = SSL_read(ssl, bytes, (int)(len < INT32_MAX ? len : INT32_MAX));
	if (n > 0)
		return n;
	if (SSL_get_error(ssl, n) == SSL_ERROR_ZERO_RETURN)
		return 0;
	return failed(ssl, n);
}

/* A record at a time: when it must be tried again it is the same one. */
static ssize_t
tls_write(struct transport *t, const void *bytes, size_t len)
{
	SSL *ssl = ssl_of(t);
	int n;

	ERR_clear_error();
	errno = 0;
	n = SSL_write(ssl, bytes, (int)(len < RECORD ? len : RECORD));
	return n > 0 ? n : failed(ssl, n);
}

static int
tls_end(struct transport *t)
{
	SSL *ssl = ssl_of(t);

	ERR_clear_error();
	errno = 0;
	if (SSL_shutdown(ssl) < 0 && SSL_get_error(ssl, -1) == SSL_ERROR_WANT_WRITE) {
		ERR_clear_error();
		errno = EAGAIN;
		return -1;
	}
	ERR_clear_error();
	return shutdown(t->wfd, SHUT_WR);
}

static void
tls_close(struct transport *t)
{
	below_free(t->state);
	t->state = NULL;
	close(t->rfd);
	t->rfd = t->wfd = -1;
}

static const struct transport_ops tls_ops = {"tls", tls_read, tls_write, tls_end, tls_close, NULL};

/* The name goes out with the first message, so that a server can choose its certificate; addresses
 * do not (RFC 6066, 3). */
static int
expect_name(SSL *ssl, const char *name)
{
	struct in6_addr unused;

	if (inet_pton(AF_INET, name, &unused) == 1 || inet_pton(AF_INET6, name, &unused) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name);
	return SSL_set_tlsext_host_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1;
}

int
tls_wrap(struct tls *t, int fd, const char *name, struct transport *out)
{
	struct below *b = below_new(t->ctx, fd);

	if (!b || (name && expect_name(b->ssl, name) != 1)) {
		ERR_clear_error();
		below_free(b);
		return OP_NO_MEMORY;
	}
	if (name)
		SSL_set_connect_state(b->ssl);
	else
		SSL_set_accept_state(b->ssl);
	*out = (struct transport){.ops = &tls_ops, .rfd = fd, .wfd = fd, .state = b};
	return OP_OK;
}

/* --- the handshake --- */

static bool
is_about_certificates(int reason)
{
	static const int reasons[] = {SSL_R_CERTIFICATE_VERIFY_FAILED,
	    SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, SSL_R_TLSV1_ALERT_UNKNOWN_CA,
	    SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
	    SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
	    SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, SSL_R_TLSV1_ALERT_ACCESS_DENIED};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i] == reason)
			return true;
	return false;
}

static int
explain(SSL *ssl, char *why, size_t size)
{
	unsigned long code = ERR_peek_error();
	long verdict = SSL_get_verify_result(ssl);
	int err = code && is_about_certificates(ERR_GET_REASON(code)) ? OP_DENIED : OP_PROTOCOL;
	const char *reason = drain();

	if (err == OP_DENIED && verdict != X509_V_OK)
		snprintf(why, size, "the certificate is not accepted: %s",
		    X509_verify_cert_error_string(verdict));
	else
		snprintf(why, size, "TLS: %s", reason ? reason : "closed in the handshake");
	return reason ? err : OP_CLOSED;
}

int
tls_handshake(struct transport *t, short *events, char *why, size_t why_size)
{
	SSL *ssl = ssl_of(t);
	int n;

	ERR_clear_error();
	errno = 0;
	n = SSL_do_handshake(ssl);
	if (n == 1)
		return OP_OK;
	switch (SSL_get_error(ssl, n)) {
	case SSL_ERROR_WANT_READ:
		*events = POLLIN;
		return OP_AGAIN;
	case SSL_ERROR_WANT_WRITE:
		*events = POLLOUT;
		return OP_AGAIN;
	default:
		return explain(ssl, why, why_size);
	}
}

const char *
tls_subject(const struct transport *t, char *dst, size_t size)
{
	X509 *peer = t->ops == &tls_ops ? SSL_get0_peer_certificate(ssl_of(t)) : NULL;
	BIO *text = peer ? BIO_new(BIO_s_mem()) : NULL;
	int n = 0;

	if (text && X509_NAME_print_ex(text, X509_get_subject_name(peer), 0, XN_FLAG_RFC2253) >= 0)
		n = BIO_read(text, dst, (int)size - 1);
	dst[n > 0 ? n : 0] = '\0';
	BIO_free(text);
	ERR_clear_error();
	return dst;
}
