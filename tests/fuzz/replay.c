/*
 * replay: the inputs of a target's corpus, each a test. Linked with one target; its name says with which:
 * TARGET_test reads tests/fuzz/corpus/TARGET, below the current folder.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Gives one file to the target. Never returns. */
static void replay(const char *path)
{
	struct stat info;
	FILE *file = fopen(path, "re");

	if (!file || fstat(fileno(file), &info)) {
		perror(path);
		exit(1);
	}
	/* Exactly as large as the input, so that a sanitizer sees a read beyond it. */
	size_t bytes = (size_t)info.st_size;
	uint8_t *data = malloc(bytes);
	if (fread(data, 1, bytes, file) != bytes) {
		perror(path);
		exit(1);
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, bytes);
	free(data);
	exit(0); /* not _exit(): exit() looks for leaks */
}

int main(void)
{
	char folder[256];
	struct dirent **inputs = NULL;
	size_t name_bytes = strlen(program_invocation_short_name) - strlen("_test");
	int failed = 0;

	snprintf(folder, sizeof folder, "tests/fuzz/corpus/%.*s", (int)name_bytes, program_invocation_short_name);
	int count = scandir(folder, &inputs, is_input, alphasort);
	if (count <= 0) {
		printf("1..1\nnot ok 1 - %s has inputs\n", folder);
		return 1;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		char path[sizeof folder + sizeof inputs[i]->d_name];
		int status = -1;
		snprintf(path, sizeof path, "%s/%s", folder, inputs[i]->d_name);
		fflush(stdout);
		/* A process each: one that crashes is one failed test. */
		pid_t pid = fork();
		if (pid == 0)
			replay(path);
		int bad = pid < 0 || waitpid(pid, &status, 0) != pid || status != 0;
		printf("%sok %d - %s\n", bad ? "not " : "", i + 1, path);
		failed += bad;
		free(inputs[i]);
	}
	free(inputs);
	return failed > 0;
}
