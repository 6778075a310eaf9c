/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osMqStatus.c --
 *
 *	The state of a queue, which Linux returns as a line of text when the
 *	queue's descriptor is read like a file: mq_overview(7).
 */

#include "osMq.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * ReadField --
 *
 *	Reads the number that follows a key in text. Returns false if there is
 *	none.
 */

static bool
ReadField(
    const char *text,
    const char *key,
    int64_t *numberPtr)
{
    const char *place = strstr(text, key);
    char *end;

    if (place == NULL) {
	return false;
    }
    place += strlen(key);
    *numberPtr = strtoll(place, &end, 10);
    return end > place;
}

bool
OsMqReadStatus(
    const OsMq *mq,
    int64_t *bytesPtr,
    pid_t *pidPtr)
{
    char text[128];
    ssize_t length = pread(OsMqFd(mq), text, sizeof(text) - 1, 0);
    int64_t pid;

    if (length <= 0) {
	return false;
    }
    text[length] = '\0';
    if (!ReadField(text, "QSIZE:", bytesPtr)
	    || !ReadField(text, "NOTIFY_PID:", &pid)) {
	return false;
    }
    *pidPtr = (pid_t) pid;
    return true;
}
