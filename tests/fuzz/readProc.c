/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * readProc.c --
 *
 *	Fuzzes the readers of /proc. They read the lines of /proc/PID/maps, the
 *	table of mounts, the status of a queue, and a number in /proc/sys.
 *	libFuzzer generates the text; the first byte selects the reader.
 *
 *	The readers are static functions, so this file includes their source
 *	files.
 */

#include "corpus.h"

#include <mntent.h>
#include <stdio.h>

/*
 * Files of /proc that a reader opens by name contain the text.
 */

static FILE *OpenText(const char *path, const char *mode);

#define fopen OpenText
#include "../../unix/linux/osLinux.c"
#undef fopen
#define setmntent OpenText
#include "../../unix/linux/osQueues.c"
#undef setmntent
#include "../../unix/linux/osFolder.c"
#include "../../unix/linux/osMappings.c"
#include "../../unix/linux/osMqStatus.c"

static const char *text;	/* NUL-terminated */
static size_t textLength;	/* bytes */

static FILE *
OpenText(
    const char *path,
    const char *mode)
{
    (void) path;
    (void) mode;
    return (textLength > 0) ? fmemopen((void *) text, textLength, "r") : NULL;
}

static void
ReadMaps(void)
{
    OsMapping mapping;

    ParseMapping(text, &mapping);
}

static void
ReadMounts(void)
{
    int folder;

    if (OpenMounted(&folder) == 0) {
	close(folder);
    }
}

static void
ReadStatus(void)
{
    int64_t number;

    ReadField(text, "QSIZE:", &number);
    ReadField(text, "NOTIFY_PID:", &number);
}

static void
ReadFact(void)
{
    int64_t number;

    ReadNumber("/proc/sys/fs/mqueue/msg_max", &number);
}

static void
CheckNames(void)
{
    const char *why = NULL;
    size_t most = 0;
    char path[OS_PATH_SIZE];

    const OsFamily *const families[] = {
	&osSemFamily, &osShmFamily, &osMqFamily
    };

    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
	const OsFamily *family = families[i];
	int err = OsCheckName(family, text, &why, &most);

	if (err == 0 && GetPath(family, text, path) != 0) {
	    abort();		/* a name that passed has a path */
	}
	if (err == EINVAL && why == NULL) {
	    abort();
	}
    }
}

static void (*const readers[])(void) = {
    ReadMaps, ReadMounts, ReadStatus, ReadFact, CheckNames
};

#define READERS (sizeof(readers) / sizeof(*readers))

static const char *const texts[] = {
    "7f1c8a000000-7f1c8a001000 rw-s 00000000 00:1a 12 /dev/shm/sem.one\n",
    "7f1c8a000000-7f1c8a001000 r--s 00001000 fe:01 18446744073709551615",
    "tmpfs /dev/shm tmpfs rw,nosuid 0 0\nmqueue /dev/mqueue mqueue rw 0 0\n",
    "mqueue /no\\040such\\134folder mqueue rw 0 0\n# mqueue\n\n mqueue\n",
    "QSIZE:129     NOTIFY:2    SIGNO:0    NOTIFY_PID:8260\n",
    "QSIZE: NOTIFY_PID:-99999999999999999999",
    "8192\n", "-1", "99999999999999999999\n", "/one", "one", "//", "/a/b",
    "/..", ""
};

/*
 * LLVMFuzzerInitialize --
 *
 *	Called first by libFuzzer. The last argument is the directory of inputs.
 */

int
LLVMFuzzerInitialize(
    int *argcPtr,
    char ***argvPtr)
{
    WriteCorpus((*argvPtr)[*argcPtr - 1], texts,
	    sizeof(texts) / sizeof(*texts), READERS, 1);
    return 0;
}

/*
 * LLVMFuzzerTestOneInput --
 *
 *	Called by libFuzzer with each input that it generates.
 */

int
LLVMFuzzerTestOneInput(
    const uint8_t *bytes,
    size_t length)
{
    char *copy;

    if (length == 0) {
	return 0;
    }
    copy = strndup((const char *) bytes + 1, length - 1);
    if (copy == NULL) {
	return 0;
    }
    text = copy;
    textLength = strlen(copy);
    readers[bytes[0] % READERS]();
    free(copy);
    return 0;
}
