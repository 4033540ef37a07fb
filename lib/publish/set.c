/* SPDX-License-Identifier: ISC */
/*
 * From files to subnets and hosts.  The model's check says what is wrong; a node is published in so
 * far as its fields are free of errors.  What every output relies on is tested here once more, so
 * that no output's syntax depends on another module's thoroughness.
 */
#include "lib/publish/set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/publish/put.h"
#include "lib/sdb/node.h"

/* --- findings --- */

int
publish_report(struct publish_set *s, struct publish_finding at, const char *fmt, ...)
{
	char message[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	at.message = strdup(message);
	if (at.message && publish_findings_add(&s->result->findings, &at) == OP_OK)
		return OP_OK;
	free(at.message);
	return OP_NO_MEMORY;
}

const struct publish_subnet *
publish_subnet_of(const struct publish_set *s, const struct publish_host *h)
{
	return &s->subnets[h->subnet];
}

struct publish_finding
publish_at(const struct publish_set *s, const struct publish_host *h, enum publish_code code,
    struct sdb_text part)
{
	return (struct publish_finding){.code = code,
	    .file = publish_subnet_of(s, h)->file,
	    .line = h->number,
	    .column = part.s ? (uint32_t)(part.s - h->line->text) + 1 : 0};
}

static bool
is_error(const struct sdb_finding *f)
{
	return sdb_code_severity(f->code) == SDB_ERROR;
}

/* Findings of a line are sorted by column; those about all of it have column 0 and come first. */
const struct sdb_finding *
publish_fault_in(const struct publish_set *s, const struct publish_host *h, struct sdb_text part)
{
	const struct sdb_finding *faults = s->result->model.list + h->first_fault;
	size_t first = (size_t)(part.s - h->line->text) + 1;
	size_t last = first + (part.len ? part.len - 1 : 0);
	size_t low = 0, high = h->fault_count;

	for (size_t i = 0; i < h->fault_count && faults[i].column == 0; i++)
		if (is_error(&faults[i]))
			return &faults[i];
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (faults[middle].column < first)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < h->fault_count && faults[low].column <= last; low++)
		if (is_error(&faults[low]))
			return &faults[low];
	return NULL;
}

/* --- subnets --- */

static bool
is_digits(struct sdb_text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (t.s[i] < '0' || t.s[i] > '9')
			return false;
	return true;
}

bool
publish_is_host_name(struct sdb_text name)
{
	struct sdb_text last = name;

	if (sdb_host_fault(name))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.s[i] == '.')
			last = (struct sdb_text){name.s + i + 1, name.len - i - 1};
	return last.s == name.s || !is_digits(last);
}

static bool
is_within(struct sdb_text name, struct sdb_text domain)
{
	struct sdb_text end;

	if (name.len < domain.len)
		return false;
	end = (struct sdb_text){name.s + (name.len - domain.len), domain.len};
	return sdb_text_same_letters(end, domain) && (name.len == domain.len || end.s[-1] == '.');
}

/* What a Domain may not be, whoever writes it; NULL: nothing. */
static const char *
domain_fault(struct sdb_text domain)
{
	if (!publish_is_host_name(domain) || is_digits(domain))
		return "the Domain is not a host name";
	if (is_within(domain, SDB_TEXT("in-addr.arpa")) || is_within(domain, SDB_TEXT("ip6.arpa")))
		return "the Domain is one of reverse zones";
	return NULL;
}

/* Where the keys that count stand; 0: nowhere. */
static void
number_keys(const struct sdb_file *f, const struct sdb_header *h, uint32_t number[SDB_KEY_COUNT])
{
	uint32_t i = 1;

	memset(number, 0, SDB_KEY_COUNT * sizeof(*number));
	for (const struct sdb_line *line = sdb_file_first(f); line && line->kind != SDB_MARK;
	     line = line->next, i++)
		for (int key = 0; key < SDB_KEY_COUNT; key++)
			if (h->line[key] == line)
				number[key] = i;
}

struct file_faults {
	size_t first; /* in the model's findings */
	size_t count;
	const struct sdb_finding *of_file; /* an error that leaves nothing to publish */
	const struct sdb_finding *of_gateway;
};

/* Errors in other lines of the header do no harm to what is published. */
static void
sort_out(struct file_faults *faults, const struct sdb_findings *model,
    const uint32_t number[SDB_KEY_COUNT])
{
	for (size_t i = faults->first; i < faults->first + faults->count; i++) {
		const struct sdb_finding *f = &model->list[i];
		bool whole = f->line == 0 ? f->code != SDB_CODE_TITLE_MISSING
					  : f->line == number[SDB_KEY_DOMAIN] ||
						f->line == number[SDB_KEY_BASE] ||
						f->line == number[SDB_KEY_MASK] ||
						f->line == number[SDB_KEY_FORMAT];

		if (is_error(f) && whole && !faults->of_file)
			faults->of_file = f;
		if (is_error(f) && f->line && f->line == number[SDB_KEY_GATEWAY])
			faults->of_gateway = f;
	}
}

static int
report_file(struct publish_set *s, uint32_t file, const struct sdb_finding *f, const char *why)
{
	struct publish_finding at = {.code = PUBLISH_CODE_FILE_LEFT_OUT, .file = file};

	at.line = f ? f->line : 0;
	at.column = f ? f->column : 0;
	return publish_report(s, at, "nothing of this file is published: %s", why);
}

static int
add_subnet(struct publish_set *s, uint32_t file, const struct file_faults *faults,
    const struct sdb_header *h)
{
	struct publish_subnet n = {.file = file, .header = *h};
	struct publish_finding at = {.code = PUBLISH_CODE_GATEWAY_LEFT_OUT, .file = file};

	n.range = sdb_range_of(&h->net);
	n.domain = sdb_fqdn_of(SDB_TEXT("x"), h->value[SDB_KEY_DOMAIN]).domain;
	n.has_gateway = h->gateway.family && !faults->of_gateway;
	n.first_fault = faults->first;
	n.fault_count = faults->count;
	s->subnets[s->subnet_count++] = n;
	s->host_room += sdb_file_nodes(s->in[file].file);
	if (!faults->of_gateway)
		return OP_OK;
	at.line = faults->of_gateway->line;
	at.column = faults->of_gateway->column;
	return publish_report(s, at, "no gateway is told: %s", faults->of_gateway->message);
}

static int
read_file(struct publish_set *s, uint32_t file, size_t first_fault)
{
	const struct sdb_findings *model = &s->result->model;
	struct file_faults faults = {.first = first_fault};
	uint32_t number[SDB_KEY_COUNT];
	struct sdb_header h;
	const char *why;

	sdb_header_read(s->in[file].file, &h);
	number_keys(s->in[file].file, &h, number);
	while (first_fault + faults.count < model->count &&
	       model->list[first_fault + faults.count].file == file)
		faults.count++;
	sort_out(&faults, model, number);
	why = domain_fault(sdb_fqdn_of(SDB_TEXT("x"), h.value[SDB_KEY_DOMAIN]).domain);
	if (faults.of_file)
		return report_file(s, file, faults.of_file, faults.of_file->message);
	if (!h.has_net || why)
		return report_file(s, file, NULL, why ? why : "it names no subnet");
	return add_subnet(s, file, &faults, &h);
}

static int
compare_subnets(const void *a, const void *b)
{
	const struct publish_subnet *x = a, *y = b;

	if (x->header.net.base.family != y->header.net.base.family)
		return x->header.net.base.family < y->header.net.base.family ? -1 : 1;
	return x->range.low < y->range.low ? -1 : x->range.low > y->range.low;
}

static int
read_files(struct publish_set *s, size_t count)
{
	size_t fault = 0;

	s->subnets = reallocarray(NULL, count + 1, sizeof(*s->subnets));
	if (!s->subnets)
		return OP_NO_MEMORY;
	for (uint32_t i = 0; i < count; i++) {
		int err = read_file(s, i, fault);

		if (err)
			return err;
		while (fault < s->result->model.count && s->result->model.list[fault].file == i)
			fault++;
	}
	qsort(s->subnets, s->subnet_count, sizeof(*s->subnets), compare_subnets);
	return OP_OK;
}

/* --- hosts --- */

/* Why the node cannot be published; NULL: it can. */
static const char *
node_fault(const struct publish_set *s, const struct publish_host *h)
{
	struct sdb_text name = sdb_node_field(h->line, SDB_NAME);
	const struct sdb_finding *f = publish_fault_in(s, h, name);
	const struct publish_subnet *n = publish_subnet_of(s, h);

	if (!f)
		f = publish_fault_in(s, h, sdb_node_field(h->line, SDB_ADDRESS));
	if (f)
		return f->message;
	if (sdb_host_fault(name) || memchr(name.s, '.', name.len) ||
	    sdb_fqdn_len(&h->name) > SDB_HOST_MAX)
		return "its name is no host name";
	if (h->line->address.family != n->header.net.base.family ||
	    !network_has(&n->header.net, &h->line->address))
		return "its address is not in the subnet";
	return NULL;
}

static int
add_host(struct publish_set *s, struct publish_host *h)
{
	struct sdb_text mac = sdb_node_field(h->line, SDB_MAC);
	const struct sdb_finding *f = publish_fault_in(s, h, mac);
	const char *why;

	h->twin = SDB_NOBODY;
	h->name = sdb_fqdn_of(sdb_node_field(h->line, SDB_NAME), publish_subnet_of(s, h)->domain);
	h->has_mac = h->line->has_mac && !f;
	why = node_fault(s, h);
	if (why)
		return publish_report(s,
		    publish_at(s, h, PUBLISH_CODE_NODE_LEFT_OUT, (struct sdb_text){NULL, 0}),
		    "not published: %s", why);
	s->hosts[s->host_count++] = *h;
	if (!f || mac.len == 0)
		return OP_OK;
	return publish_report(s, publish_at(s, h, PUBLISH_CODE_MAC_LEFT_OUT, mac),
	    "no address by DHCP: %s", f->message);
}

/* The order of every output. */
static int
compare_hosts(const void *a, const void *b)
{
	const struct publish_host *x = a, *y = b;
	int order = memcmp(x->line->address.bytes, y->line->address.bytes, 16);
	char p[SDB_HOST_MAX + 1], q[SDB_HOST_MAX + 1];
	size_t p_len, q_len;

	if (order)
		return order;
	p_len = put_lower(p, &x->name);
	q_len = put_lower(q, &y->name);
	order = memcmp(p, q, p_len < q_len ? p_len : q_len);
	return order ? order : (p_len > q_len) - (p_len < q_len);
}

static void
sort_hosts(struct publish_host *hosts, size_t count)
{
	size_t i = 1;

	while (i < count && compare_hosts(&hosts[i - 1], &hosts[i]) <= 0)
		i++;
	if (i < count)
		qsort(hosts, count, sizeof(*hosts), compare_hosts);
}

static int
own_addresses(struct publish_set *s, const struct publish_subnet *n)
{
	struct publish_host *owner = &s->hosts[n->first];

	for (size_t i = n->first; i < n->first + n->count; i++) {
		struct publish_host *h = &s->hosts[i];
		int err;

		if (!netaddr_equal(&owner->line->address, &h->line->address))
			owner = h;
		h->owns_address = h == owner;
		if (h->owns_address)
			continue;
		err = publish_report(s,
		    publish_at(
			s, h, PUBLISH_CODE_ADDRESS_SHARED, sdb_node_field(h->line, SDB_ADDRESS)),
		    "reverse zones and DHCP name only %.*s (line %u)", (int)owner->name.name.len,
		    owner->name.name.s, (unsigned)owner->number);
		if (err)
			return err;
	}
	return OP_OK;
}

static int
read_nodes(struct publish_set *s, uint32_t subnet)
{
	struct publish_subnet *n = &s->subnets[subnet];
	const struct sdb_findings *model = &s->result->model;
	size_t fault = n->first_fault, end = n->first_fault + n->fault_count;
	uint32_t number = 1;

	n->first = s->host_count;
	for (const struct sdb_line *line = sdb_file_first(s->in[n->file].file); line;
	     line = line->next, number++) {
		struct publish_host h = {.line = line, .number = number, .subnet = subnet};
		int err;

		while (fault < end && model->list[fault].line < number)
			fault++;
		h.first_fault = fault;
		while (fault < end && model->list[fault].line == number)
			fault++;
		h.fault_count = fault - h.first_fault;
		err = number % PUBLISH_STEP == 0 ? publish_go_on(s) : OP_OK;
		if (!err && line->kind == SDB_NODE)
			err = add_host(s, &h);
		if (err)
			return err;
	}
	n->count = s->host_count - n->first;
	sort_hosts(s->hosts + n->first, n->count);
	return own_addresses(s, n);
}

static int
read_hosts(struct publish_set *s)
{
	s->hosts = reallocarray(NULL, s->host_room + 1, sizeof(*s->hosts));
	if (!s->hosts)
		return OP_NO_MEMORY;
	for (uint32_t i = 0; i < s->subnet_count; i++) {
		int err = read_nodes(s, i);

		if (err)
			return err;
	}
	return OP_OK;
}

int
publish_set_fill(struct publish_set *s, size_t file_count)
{
	int err = read_files(s, file_count);

	if (!err)
		err = read_hosts(s);
	if (!err)
		err = publish_names_enter(s);
	return err ? err : publish_zones_find(s);
}

void
publish_set_fini(struct publish_set *s)
{
	publish_zones_fini(s);
	sdb_table_fini(&s->by_name);
	free(s->hosts);
	free(s->subnets);
}

const char *
publish_net_text(char dst[PUBLISH_NET_TEXT], const struct publish_subnet *n)
{
	char base[NETADDR_TEXT];

	snprintf(dst, PUBLISH_NET_TEXT, "%s/%u", netaddr_format(base, &n->header.net.base),
	    (unsigned)n->header.net.prefix);
	return dst;
}
