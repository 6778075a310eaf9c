/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * corpus.h --
 *
 *	The functions that libFuzzer calls, and its first inputs: each text of a
 *	table, for each reader.
 */

#ifndef CORPUS_H
#define CORPUS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int	LLVMFuzzerInitialize(int *argcPtr, char ***argvPtr);
int	LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/*
 * WriteCorpus --
 *
 *	Writes count texts into files of a folder, each after head bytes, of
 *	which the first is the number of the reader. Ends the program if that
 *	fails.
 */

static void
WriteCorpus(
    const char *folder,
    const char *const *texts,
    size_t count,
    size_t readers,
    size_t head)
{
    for (size_t i = 0; i < count * readers; i++) {
	const char start[2] = { (char) (i % readers), 0 };
	const char *text = texts[i / readers];
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%zu", folder, i);
	file = fopen(path, "w");
	if (file == NULL || fwrite(start, 1, head, file) != head
		|| fputs(text, file) < 0 || fclose(file) != 0) {
	    perror(path);
	    exit(2);
	}
    }
}

#endif /* CORPUS_H */
