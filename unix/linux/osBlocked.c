/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osBlocked.c --
 *
 *	Threads that are blocked in a system call that can wait for an object:
 *	/proc/PID/task/TID/syscall, proc(5).
 *
 *	The file holds the number and the arguments of the call; reading it
 *	requires permission to trace the thread, ptrace(2). A 32-bit process
 *	has numbers of its own. They do not collide with those of calls that
 *	block for a long time, and callers compare the address or the descriptor
 *	with a real object, so one table holds the numbers of both widths.
 *
 *	A thread that renews its wait leaves the kernel for some microseconds,
 *	during which it is "running". Such a thread is examined again.
 */

#include "osBlocked.h"
#include "osFolder.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * The numbers of the calls that can wait for an object.
 */

typedef enum Call { FUTEX, FUTEX_VECTOR, SEND, RECEIVE, NO_CALL } Call;

static const struct {
    long number;
    Call call;
} calls[] = {
    { 449, FUTEX_VECTOR },		/* everywhere */
    { 422, FUTEX }, { 418, SEND }, { 419, RECEIVE },
					/* 32 bits, with 64-bit times */
#ifdef SYS_futex
    { SYS_futex, FUTEX },
#endif
#ifdef SYS_mq_timedsend
    { SYS_mq_timedsend, SEND }, { SYS_mq_timedreceive, RECEIVE },
#endif
#if defined(__x86_64__)
    { 240, FUTEX }, { 279, SEND }, { 280, RECEIVE }	/* i386 */
#elif defined(__aarch64__)
    { 240, FUTEX }, { 276, SEND }, { 277, RECEIVE }	/* 32-bit Arm */
#endif
};

/*
 * A line of the file: "running"; or the number of the call, its six
 * arguments, the stack pointer and the program counter. Outside a call the
 * number is -1.
 */

#define ARGUMENTS 6

typedef struct SystemCall {
    Call call;
    uint64_t arguments[ARGUMENTS];
} SystemCall;

/*
 * ParseCall --
 *
 *	Parses the line of a thread. If the thread is not in a call that can
 *	wait for an object, the call is NO_CALL.
 */

static SystemCall
ParseCall(
    const char *line)
{
    SystemCall result = { .call = NO_CALL };
    char *rest;
    long number = strtol(line, &rest, 10);

    if (rest == line) {
	return result;
    }
    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
	if (calls[i].number == number) {
	    result.call = calls[i].call;
	}
    }
    for (int i = 0; i < ARGUMENTS; i++) {
	result.arguments[i] = strtoull(rest, &rest, 16);
    }
    return result;
}

/*
 * ReadCall --
 *
 *	Reads the call in which a thread is blocked. The thread is given by its
 *	name in the directory task. If it is running, it may be renewing its
 *	wait, so it is examined up to four more times.
 */

static int
ReadCall(
    int task,
    const char *thread,
    SystemCall *result)
{
    char path[64], line[256] = "running";

    *result = (SystemCall) { .call = NO_CALL };
    snprintf(path, sizeof(path), "%.20s/syscall", thread);
    for (int looks = 0; looks < 5 && line[0] == 'r'; looks++) {
	int fd = openat(task, path, O_RDONLY | O_CLOEXEC), err;
	ssize_t length;

	if (fd < 0) {
	    return OsUnlessHidden(errno);
	}
	length = read(fd, line, sizeof(line) - 1);
	err = errno;
	close(fd);
	if (length <= 0) {
	    return (length == 0) ? 0 : OsUnlessHidden(err);
	}
	line[length] = '\0';
	if (line[0] == 'r') {
	    sched_yield();
	}
    }
    *result = ParseCall(line);
    return 0;
}

/*
 * ReportVector --
 *
 *	Calls proc for each word of a futex_waitv(2). The addresses of the words
 *	are in the memory of the process.
 */

#define VECTOR_MAX 128		/* FUTEX_WAITV_MAX */

typedef struct Waiter {		/* struct futex_waitv of <linux/futex.h> */
    uint64_t value;
    uint64_t address;
    uint32_t flags;
    uint32_t reserved;
} Waiter;

static int
ReportVector(
    const SystemCall *call,
    OsBlocked *blocked,
    OsBlockedProc *proc,
    void *data)
{
    size_t count = (size_t) call->arguments[1];
    Waiter waiters[VECTOR_MAX];
    struct iovec here = { waiters, 0 }, there = { NULL, 0 };
    ssize_t length;
    int err = 0;

    count = (count < VECTOR_MAX) ? count : VECTOR_MAX;
    here.iov_len = there.iov_len = count * sizeof(*waiters);
    there.iov_base = (void *) (uintptr_t) call->arguments[0];
    length = process_vm_readv(blocked->pid, &here, 1, &there, 1, 0);
    count = (length > 0) ? (size_t) length / sizeof(*waiters) : 0;
    for (size_t i = 0; err == 0 && i < count; i++) {
	blocked->address = waiters[i].address;
	err = proc(data, blocked);
    }
    return err;
}

/*
 * ReportCall --
 *
 *	Calls proc with what a thread waits for in its call, if anything.
 */

static int
ReportCall(
    pid_t pid,
    const SystemCall *call,
    OsBlockedProc *proc,
    void *data)
{
    enum { WAIT = 0, WAIT_BITSET = 9, COMMAND = 0x7F };	/* futex(2) */
    OsBlocked blocked = { .pid = pid, .fd = -1 };
    unsigned command = (unsigned) call->arguments[1] & COMMAND;

    switch (call->call) {
    case FUTEX:
	if (command != WAIT && command != WAIT_BITSET) {
	    return 0;
	}
	blocked.address = call->arguments[0];
	blocked.usesBitset = (command == WAIT_BITSET);
	return proc(data, &blocked);
    case FUTEX_VECTOR:
	return ReportVector(call, &blocked, proc, data);
    case SEND:
    case RECEIVE:
	blocked.fd = (int) call->arguments[0];
	blocked.sends = (call->call == SEND);
	return proc(data, &blocked);
    default:
	return 0;
    }
}

/*
 * OsScanBlocked --
 *
 *	Calls proc with what each thread of a process waits for. folder is the
 *	directory of the process in /proc. Threads that the caller may not trace
 *	are skipped. Returns 0, an errno value, or what proc returned if it was
 *	not 0, which ends the scan.
 */

int
OsScanBlocked(
    pid_t pid,
    int folder,
    OsBlockedProc *proc,
    void *data)
{
    int task = openat(folder, "task", OS_FOLDER_FLAGS);
    struct dirent *entry;
    int err = 0;
    DIR *threads;

    if (task < 0) {
	return OsUnlessHidden(errno);
    }
    threads = fdopendir(task);
    if (threads == NULL) {
	err = errno;
	close(task);
	return err;
    }
    while (err == 0 && (entry = OsReadEntry(threads, &err)) != NULL) {
	SystemCall call;

	if (entry->d_name[0] != '.') {
	    err = ReadCall(task, entry->d_name, &call);
	    err = (err == 0) ? ReportCall(pid, &call, proc, data) : err;
	}
    }
    closedir(threads);
    return (err == ENOENT || err == ESRCH) ? 0 : err;
}
