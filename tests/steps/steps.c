/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * steps.c --
 *
 *	Shows that no death leaves a lock, a ring or a topic half changed. A
 *	child performs an operation under ptrace(2) and is killed after the
 *	first instruction. Another child is killed after the second instruction,
 *	and so on until a child completes the operation. After each death, a
 *	survivor must find the state from before or from after the operation,
 *	and be able to continue. For some operations, the child is stopped
 *	instead of killed, while the survivor performs another operation.
 *
 *	A death after an instruction that changed neither the segment nor
 *	anything in the kernel has the same effect as a death before it.
 *	Operations that look for dead participants or open files take many
 *	instructions. For these, only deaths that can have a different effect
 *	are tried: after each system call, and after each instruction that has
 *	changed the file.
 *
 *	Usage: steps ?text?, for all operations, or those whose names contain
 *	the text.
 */

#include "steps.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

OsSegment *segment;
void (*beside)(void);

/*
 * Start --
 *
 *	Starts a child that stops before and after the operation, and waits for
 *	the first stop.
 */

static pid_t
Start(
    const Operation *operation)
{
    pid_t child = Fork();
    int status;

    if (child == 0) {
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	operation->ready();
	raise(SIGSTOP);
	operation->run();
	raise(SIGSTOP);
	_exit(0);
    }
    waitpid(child, &status, 0);
    Must("child", (WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP)
	    ? 0 : ECHILD);
    return child;
}

/*
 * Step --
 *
 *	Lets the child execute one instruction. Returns false when it has
 *	stopped at the end of the operation instead.
 */

static bool
Step(
    pid_t child)
{
    int status;

    Must("ptrace", (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) == 0)
	    ? 0 : errno);
    waitpid(child, &status, 0);
    if (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP) {
	return true;
    }
    Must("child", (WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP)
	    ? 0 : ECHILD);
    return false;
}

/*
 * ReadBytes --
 *
 *	Returns a checksum of the header, the first slots and the data of the
 *	survivor's segment, and of whether its name exists.
 */

static uint64_t
SumBytes(
    const unsigned char *bytes,
    size_t count,
    uint64_t sum)
{
    for (size_t i = 0; i < count; i++) {
	sum = (sum ^ bytes[i]) * UINT64_C(1099511628211);
    }
    return sum;
}

static uint64_t
ReadBytes(
    const Kind *kind)
{
    char path[128];
    uint64_t sum = 1;
    int fd;

    sum = SumBytes((const unsigned char *) segment->header,
	    POSIX_IPC_SLOT_OFFSET + 16 * sizeof(PosixIpcSlot), sum);
    sum = SumBytes(segment->data, segment->mapped - POSIX_IPC_DATA_OFFSET,
	    sum);
    snprintf(path, sizeof(path), "/%s%s", kind->prefix, name + 1);
    fd = shm_open(path, O_RDONLY, 0);
    if (fd >= 0) {
	close(fd);
    }
    return sum + (fd >= 0);
}

/*
 * IsAtCall --
 *
 *	Returns whether the child is about to make a system call. On processors
 *	other than x86-64, returns true, so that every instruction is tried.
 */

static bool
IsAtCall(
    pid_t child)
{
#if defined(__x86_64__)
    long place = ptrace(PTRACE_PEEKUSER, child, (void *) (16 * 8L), NULL);
    long word = ptrace(PTRACE_PEEKTEXT, child, (void *) place, NULL);

    return (word & 0xffff) == 0x050f;
#else
    (void) child;
    return true;
#endif
}

/*
 * Finish --
 *
 *	Kills the child or, if beside is set, calls beside and lets the child
 *	complete its operation. Returns what the survivor finds.
 */

static int
Finish(
    const Operation *operation,
    pid_t child,
    bool isAtEnd)
{
    if (beside != NULL) {
	beside();
	while (!isAtEnd) {
	    isAtEnd = !Step(child);
	}
    }
    Kill(child);
    return operation->check(child);
}

/*
 * FindChanges --
 *
 *	Marks with 1 the steps after which a death can have a different effect
 *	from an earlier one. Returns the number of steps.
 */

static size_t
FindChanges(
    const Kind *kind,
    const Operation *operation,
    unsigned char *changes,
    size_t most)
{
    size_t count = 0;
    uint64_t sum;
    pid_t child;

    operation->prepare();
    child = Start(operation);
    sum = ReadBytes(kind);
    for (;;) {
	bool isAtCall = IsAtCall(child);
	uint64_t next;

	if (!Step(child)) {
	    break;
	}
	Must("steps", (++count < most) ? 0 : E2BIG);
	next = ReadBytes(kind);
	changes[count] = !operation->isLong || isAtCall || next != sum;
	sum = next;
    }
    if (Finish(operation, child, true) < 0) {
	fprintf(stderr, "%s: wrong at the end\n", operation->name);
    }
    return count;
}

/*
 * TryDeath --
 *
 *	Kills or stops a child after this number of steps. Returns what the
 *	survivor finds.
 */

static int
TryDeath(
    const Operation *operation,
    size_t steps)
{
    bool isAtEnd = false;
    pid_t child;

    operation->prepare();
    child = Start(operation);
    for (size_t i = 0; i < steps && !isAtEnd; i++) {
	isAtEnd = !Step(child);
    }
    return Finish(operation, child, isAtEnd);
}

/*
 * TryOperation --
 *
 *	Checks that no death in an operation leaves the object in a state that
 *	is neither the old one nor the new one.
 */

static void
TryOperation(
    const Kind *kind,
    const Operation *operation)
{
    static unsigned char changes[1 << 20];
    OsTime start = OsClock();
    size_t steps, deaths = 0, found[2] = { 0, 0 };
    char text[256];
    bool isRight = true;

    beside = NULL;
    segment = kind->begin(operation->size);
    steps = FindChanges(kind, operation, changes, sizeof(changes));
    for (size_t i = 0; i <= steps + 1; i++) {
	int state;

	if (i > 0 && i < steps && !changes[i]) {
	    continue;
	}
	state = TryDeath(operation, i);
	deaths++;
	if (state < 0) {
	    fprintf(stderr, "%s: wrong after %zu steps\n", operation->name, i);
	    isRight = false;
	} else {
	    found[state]++;
	}
    }
    kind->end();
    snprintf(text, sizeof(text), "%s: %zu deaths in %zu instructions,"
	    " %zu before, %zu after, %.1f s", operation->name, deaths, steps,
	    found[0], found[1], (double) (OsClock() - start) / OS_SECOND);
    Check(text, isRight);
}

static const Kind *const kinds[] = { &lockKind, &ringKind, &topicKind };

int
main(
    int argc,
    char *argv[])
{
    BeginChecks("single-steps");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
	for (size_t j = 0; j < kinds[i]->count; j++) {
	    const Operation *operation = &kinds[i]->operations[j];

	    if (argc < 2 || strstr(operation->name, argv[1]) != NULL) {
		TryOperation(kinds[i], operation);
	    }
	}
    }
    return EndChecks();
}
