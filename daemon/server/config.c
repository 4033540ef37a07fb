/* SPDX-License-Identifier: ISC */
/*
 * libconfuse as the reader.  It sees every setting as a text or a list of texts, so that types,
 * limits and messages are ours.  libconfuse has one global scanner and error functions without an
 * argument: hence the static pointer, set for the length of one parse.  Called before any loop.
 */
#include "daemon/server/config.h"

#include <assert.h>
#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/buf.h"
#include "lib/err.h"
#include "lib/text.h"

#define CONFIG_MAX_BYTES (1024u * 1024u)

struct parse {
	const char *file;
	const struct settings_part *parts;
	char *why;
	size_t why_size;
	bool failed; /* why is filled in: the first complaint counts */
};

static struct parse *current;

/* --- balance --- */

struct scan {
	char *p, *end;
	int line;
};

static void
step(struct scan *s)
{
	if (*s->p == '\n')
		s->line++;
	s->p++;
}

static bool
skip_quoted(struct scan *s)
{
	char quote = *s->p;

	for (step(s); s->p < s->end; step(s)) {
		if (*s->p == '\\' && s->p + 1 < s->end)
			step(s);
		else if (*s->p == quote)
			return true;
	}
	return false;
}

static bool
begins(const struct scan *s, const char *two)
{
	return s->end - s->p >= 2 && memcmp(s->p, two, 2) == 0;
}

/* Blanks the byte under the scan, and stays on the comment's last one. */
static void
blank_to_line_end(struct scan *s)
{
	for (*s->p = ' '; s->p + 1 < s->end && s->p[1] != '\n'; *s->p = ' ')
		s->p++;
}

static bool
blank_to_close(struct scan *s)
{
	s->p[0] = s->p[1] = ' ';
	for (s->p += 2; s->p < s->end; step(s)) {
		bool last = begins(s, "*/");

		if (*s->p != '\n')
			*s->p = ' ';
		if (last) {
			*++s->p = ' ';
			return true;
		}
	}
	return false;
}

const char *
config_prepare(char *text, size_t len, int *line)
{
	struct scan s = {text, text + len, 1};
	int depth = 0, opened = 1;

	for (; s.p < s.end; step(&s)) {
		*line = s.line;
		if ((*s.p == '"' || *s.p == '\'') && !skip_quoted(&s))
			return "a quote that is never closed";
		if (*s.p == '#' || begins(&s, "//"))
			blank_to_line_end(&s);
		else if (begins(&s, "/*") && !blank_to_close(&s))
			return "a comment that is never closed";
		else if (*s.p == '{' && depth++ == 0)
			opened = s.line;
		else if (*s.p == '}' && depth-- == 0)
			return "a } without its {";
	}
	*line = opened;
	return depth > 0 ? "a { that is never closed" : NULL;
}

/* --- complaints --- */

static int __attribute__((format(printf, 3, 4)))
complain(struct parse *p, int line, const char *fmt, ...)
{
	va_list ap;
	int at;

	if (p->failed)
		return OP_BAD_REQUEST;
	p->failed = true;
	at = snprintf(p->why, p->why_size, "%s:%d: ", p->file, line);
	if (at < 0 || (size_t)at >= p->why_size)
		return OP_BAD_REQUEST;
	va_start(ap, fmt);
	vsnprintf(p->why + at, p->why_size - (size_t)at, fmt, ap);
	va_end(ap);
	return OP_BAD_REQUEST;
}

static void __attribute__((format(printf, 2, 0))) on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	static const char unknown[] = "no such option '";
	char text[200], plain[200];
	size_t len;

	vsnprintf(text, sizeof(text), fmt, ap);
	len = strlen(text);
	text_log(plain, sizeof(plain), text, len);
	if (strncmp(text, unknown, sizeof(unknown) - 1) == 0 && len > sizeof(unknown)) {
		text_log(plain, sizeof(plain), text + sizeof(unknown) - 1, len - sizeof(unknown));
		complain(current, cfg->line, "%s: no such setting", plain);
	} else {
		complain(current, cfg->line, "syntax: %s (expected: NAME = VALUE)", plain);
	}
}

/* In the file as a whole, or in the section that is being read. */
static int
find_setting(const cfg_t *cfg, const char *name, struct setting_ref *out)
{
	const struct server_section *s;
	void *base;

	if (settings_find_section(current->parts, cfg->name, &s, &base))
		return settings_find(current->parts, name, out);
	return settings_find(
	    (const struct settings_part[]){{s->table, NULL, NULL}, {0}}, name, out);
}

static int
on_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct setting_ref ref;
	char expected[256], shown[80];

	if (find_setting(cfg, opt->name, &ref))
		return -1;
	if (settings_check(ref.setting, value)) {
		complain(current, cfg->line, "%s: expected %s, not \"%s\"", opt->name,
		    settings_expected(ref.setting, expected, sizeof(expected)),
		    text_log(shown, sizeof(shown), value, strlen(value)));
		return -1;
	}
	*(const char **)result = value;
	return 0;
}

/* --- the parse --- */

#define MAX_SECTIONS 8 /* kinds of them */

/* What libconfuse is told; all of it is freed together. */
struct options {
	cfg_opt_t *top;
	cfg_opt_t *inner[MAX_SECTIONS];
	size_t inner_count;
};

static void
free_options(struct options *o)
{
	for (size_t i = 0; i < o->inner_count; i++)
		free(o->inner[i]);
	free(o->top);
}

static cfg_opt_t
option_of(const struct server_setting *s)
{
	cfg_opt_t one = CFG_STR_CB(s->name, NULL, CFGF_NODEFAULT, on_value);
	cfg_opt_t list = CFG_STR_LIST_CB(s->name, NULL, CFGF_NODEFAULT, on_value);

	return s->type == SETTING_STRINGS ? list : one;
}

static size_t
count_settings(const struct server_setting *s)
{
	size_t count = 0;

	while (s[count].name)
		count++;
	return count;
}

static int
add_section_option(struct options *o, const struct server_section *s, cfg_opt_t *out)
{
	static const cfg_flag_t kinds[] = {
	    [SECTION_ONE] = CFGF_NONE,
	    [SECTION_TITLED] = CFGF_TITLE | CFGF_MULTI | CFGF_NO_TITLE_DUPES,
	    [SECTION_REPEATED] = CFGF_MULTI,
	};
	cfg_opt_t end = CFG_END();
	cfg_opt_t *inner = calloc(count_settings(s->table) + 1, sizeof(*inner));
	size_t i = 0;

	if (!inner)
		return OP_NO_MEMORY;
	assert(o->inner_count < MAX_SECTIONS);
	o->inner[o->inner_count++] = inner;
	for (; s->table[i].name; i++)
		inner[i] = option_of(&s->table[i]);
	inner[i] = end;
	*out = (cfg_opt_t)CFG_SEC(s->name, inner, kinds[s->kind] | CFGF_NODEFAULT);
	return OP_OK;
}

static int
make_options(const struct settings_part *parts, struct options *o)
{
	cfg_opt_t end = CFG_END();
	size_t count = MAX_SECTIONS + 1, i = 0;

	*o = (struct options){0};
	for (const struct settings_part *p = parts; p->table; p++)
		count += count_settings(p->table);
	o->top = calloc(count, sizeof(*o->top));
	if (!o->top)
		return OP_NO_MEMORY;
	for (const struct settings_part *p = parts; p->table; p++) {
		for (const struct server_setting *s = p->table; s->name; s++)
			o->top[i++] = option_of(s);
		for (const struct server_section *s = p->sections; s && s->name; s++)
			if (add_section_option(o, s, &o->top[i++]))
				return OP_NO_MEMORY;
	}
	o->top[i] = end;
	return OP_OK;
}

static int apply(cfg_t *cfg, const struct settings_part *parts);

static int
apply_sections(cfg_opt_t *o, const struct settings_part *parts)
{
	const struct server_section *s;
	struct settings_part one[2];
	void *base;
	int err = settings_find_section(parts, o->name, &s, &base);

	if (err)
		return err;
	settings_clear_section(s, base);
	for (unsigned i = 0; i < cfg_opt_size(o) && !err; i++) {
		cfg_t *in = cfg_opt_getnsec(o, i);

		err = settings_add_section(s, base, cfg_title(in), one);
		if (err == OP_OK)
			err = apply(in, one);
	}
	return err;
}

static int
apply(cfg_t *cfg, const struct settings_part *parts)
{
	int err = OP_OK;

	for (cfg_opt_t *o = cfg->opts; o->name && !err; o++) {
		struct setting_ref ref;

		if (o->type == CFGT_SEC && cfg_opt_size(o) > 0)
			err = apply_sections(o, parts);
		if (!(o->flags & CFGF_MODIFIED) || settings_find(parts, o->name, &ref))
			continue;
		settings_clear(&ref);
		for (unsigned i = 0; i < cfg_opt_size(o) && !err; i++)
			err = settings_set(&ref, cfg_opt_getnstr(o, i));
	}
	return err;
}

static int
parse_with_confuse(struct parse *p, const char *text)
{
	struct options options;
	int err = make_options(p->parts, &options);
	cfg_t *cfg = err ? NULL : cfg_init(options.top, CFGF_NONE);

	if (!cfg) {
		err = OP_NO_MEMORY;
		goto out;
	}
	cfg_set_error_function(cfg, on_error);
	current = p;
	err = cfg_parse_buf(cfg, text) == CFG_SUCCESS ? OP_OK : OP_BAD_REQUEST;
	if (err && !p->failed)
		complain(p, cfg->line, "syntax: expected NAME = VALUE");
	if (!err)
		err = p->failed ? OP_BAD_REQUEST : apply(cfg, p->parts);
	current = NULL;
	cfg_free(cfg);
out:
	free_options(&options);
	return err;
}

static bool
is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static int
line_of(const char *text, const char *where)
{
	int line = 1;

	for (; text < where; text++)
		line += *text == '\n';
	return line;
}

int
config_parse_text(const void *bytes, size_t len, const char *file,
    const struct settings_part *parts, char *why, size_t why_size)
{
	struct parse p = {.file = file, .parts = parts, .why = why, .why_size = why_size};
	const char *problem, *nul = len ? memchr(bytes, '\0', len) : NULL;
	char *text;
	int line, err;

	if (nul)
		return complain(&p, line_of(bytes, nul), "a NUL byte: expected text");
	text = malloc(len + 1);
	if (!text)
		return OP_NO_MEMORY;
	if (len)
		memcpy(text, bytes, len);
	text[len] = '\0';
	problem = config_prepare(text, len, &line);
	if (problem)
		err = complain(&p, line, "%s", problem);
	else
		err = is_blank(text) ? OP_OK : parse_with_confuse(&p, text);
	free(text);
	return err;
}

static int
read_all(int fd, struct buf *b)
{
	for (;;) {
		unsigned char *room;
		ssize_t n;

		if (buf_len(b) > CONFIG_MAX_BYTES)
			return OP_TOO_LARGE;
		if (buf_reserve(b, 4096, &room))
			return OP_NO_MEMORY;
		n = read(fd, room, 4096);
		if (n == 0)
			return OP_OK;
		if (n > 0)
			buf_commit(b, (size_t)n);
		else if (errno != EINTR)
			return OP_SYSTEM;
	}
}

/* OP_SYSTEM with errno. */
static int
read_file(const char *file, struct buf *out)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd == -1)
		return OP_SYSTEM;
	err = read_all(fd, out);
	close(fd);
	return err;
}

int
config_parse_file(const char *file, const struct settings_part *parts, char *why, size_t why_size)
{
	struct buf b;
	int err;

	buf_init(&b);
	err = read_file(file, &b);
	if (err)
		snprintf(why, why_size, "%s: %s", file,
		    err == OP_SYSTEM ? strerror(errno) : op_strerror(err));
	else
		err = config_parse_text(buf_bytes(&b), buf_len(&b), file, parts, why, why_size);
	buf_fini(&b);
	return err;
}

/* Does the line begin with that name? */
static bool
sets(const char *line, const char *name, size_t len)
{
	line += strspn(line, " \t");
	return strncmp(line, name, len) == 0 && line[len] && strchr(" \t\r\n=+{", line[len]);
}

/* The last line that sets it, or the nth (from 1), which begins *at. */
static int
find_line(const char *text, const char *name, size_t len, long nth, size_t *at)
{
	int line = 0, found = 0;
	long count = 0;
	const char *next;

	for (const char *here = text; here; here = next) {
		next = strchr(here, '\n');
		next = next ? next + 1 : NULL;
		line++;
		if (!sets(here, name, len))
			continue;
		count++;
		if (nth != 0 && count != nth)
			continue;
		found = line;
		*at = (size_t)(here - text);
	}
	return found;
}

/* How many lines after its first one the section that begins the text sets `inner`; 0: it does not.
 * Cuts the text off where the next section of its name begins. */
static int
find_inner(char *section, const char *name, size_t len, const char *inner)
{
	char *rest = strchr(section, '\n');
	size_t at;

	if (!rest || !*inner)
		return 0;
	if (find_line(++rest, name, len, 1, &at))
		rest[at] = '\0';
	return find_line(rest, inner, strcspn(inner, ":"), 1, &at);
}

int
config_line_of(const char *file, const char *setting)
{
	size_t len = strcspn(setting, " :");
	char *inner;
	long nth = strtol(setting + len, &inner, 10);
	struct buf b;
	size_t at;
	int line = 0, unused;

	buf_init(&b);
	if (read_file(file, &b) == OP_OK && buf_append(&b, "", 1) == OP_OK) {
		char *text = (char *)b.data + b.off;

		config_prepare(text, buf_len(&b) - 1, &unused);
		line = find_line(text, setting, len, nth, &at);
		if (line > 0 && nth > 0)
			line += find_inner(text + at, setting, len, inner + strspn(inner, ": "));
	}
	buf_fini(&b);
	return line;
}
