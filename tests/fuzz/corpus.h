/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * corpus.h --
 *
 *	Declares the functions that libFuzzer calls, and writes its first
 *	inputs: each text of a table, once for each reader.
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
 *	Writes each of count texts to a file in the directory folder, once for
 *	each reader. A text is preceded by head bytes, the first of which is the
 *	number of the reader. On failure, ends the program.
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
