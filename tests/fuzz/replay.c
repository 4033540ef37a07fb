/* SPDX-License-Identifier: ISC */
/*
 * main() of a fuzz target without libFuzzer: every file of a folder (an empty folder is a failure)
 * or every file named, and of each a bounded number of mutations, the same in every run.  When a
 * check or a sanitizer ends the run, the input stands in `crash-input` in the working folder.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MUTATIONS 3000
#define SECONDS 0.5 /* of processor time for a file, should a target be slow */
#define INPUT_MAX (1u << 16)

static uint64_t random_state;
static const uint8_t *input;
static size_t input_size;

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/* Sanitizers then end by SIGABRT as FUZZ_CHECK() does. */
const char *
__asan_default_options(void)
{
	return "abort_on_error=1";
}

const char *
__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}

static void
on_abort(int sig)
{
	int fd = open("crash-input", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd >= 0 && write(fd, input, input_size) != (ssize_t)input_size)
		_exit(1);
	signal(sig, SIG_DFL);
	raise(sig);
}

static size_t
random_below(size_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return n ? random_state % n : 0;
}

/* On the heap and exactly as long as the input, so that a sanitizer sees every read past it. */
static void
try_input(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	FUZZ_CHECK(copy);
	memcpy(copy, data, size);
	input = data;
	input_size = size;
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static size_t
mutate_once(uint8_t *data, size_t size)
{
	static const uint8_t edges[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0xc0, 0xdd, '\n', ':', '['};
	size_t at = random_below(size + 1);
	size_t n = 1 + random_below(4);

	switch (random_below(5)) {
	case 0:
		if (at < size)
			data[at] ^= (uint8_t)(1u << random_below(8));
		return size;
	case 1:
		if (at < size)
			data[at] = edges[random_below(sizeof(edges))];
		return size;
	case 2: /* cut out */
		n = n < size - at ? n : size - at;
		memmove(data + at, data + at + n, size - at - n);
		return size - n;
	case 3: /* double */
		n = n < size - at ? n : size - at;
		if (size + n > INPUT_MAX)
			return size;
		memmove(data + at + n, data + at, size - at);
		return size + n;
	default:
		return at;
	}
}

static void
mutations_of(const uint8_t *data, size_t size)
{
	static uint8_t work[INPUT_MAX];
	clock_t end = clock() + (clock_t)(SECONDS * CLOCKS_PER_SEC);

	random_state = 88172645463325252u + size;
	for (int i = 0; i < MUTATIONS && clock() < end; i++) {
		size_t n = size;

		memcpy(work, data, size);
		for (size_t k = 1 + random_below(4); k > 0; k--)
			n = mutate_once(work, n);
		try_input(work, n);
	}
}

static void
replay_file(const char *path)
{
	static uint8_t data[INPUT_MAX];
	FILE *f = fopen(path, "rb");
	size_t size;

	if (!f) {
		perror(path);
		exit(1);
	}
	size = fread(data, 1, sizeof(data), f);
	fclose(f);
	printf("%s: %zu bytes\n", path, size);
	fflush(stdout); /* names the culprit when it is the last line */
	try_input(data, size);
	mutations_of(data, size);
}

static int
replay_folder(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);
	int files = 0;

	for (int i = 0; i < n; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.') {
			replay_file(file);
			files++;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return files;
}

int
main(int argc, char **argv)
{
	int files = 0;

	signal(SIGABRT, on_abort);
	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
			files += replay_folder(argv[i]);
		} else {
			replay_file(argv[i]);
			files++;
		}
	}
	if (files == 0)
		fprintf(stderr, "the corpus is empty\n");
	return files == 0;
}
