/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * uml.c --
 *
 *	Lets User-Mode Linux run on processors that have more registers than
 *	it knows, such as those of AMX. Linux sets all registers at once, or
 *	refuses: ptrace(2), PTRACE_SETREGSET. Here the registers beyond those
 *	that User-Mode Linux sets stay as they are.
 *
 *	Trap: the stacks of User-Mode Linux are small.
 */

#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

static long (*call)(int request, pid_t pid, void *address, void *data);

__attribute__((constructor)) static void
Find(void)
{
    *(void **) &call = dlsym(RTLD_NEXT, "ptrace");
}

/*
 * SetRegisters --
 *
 *	Sets the first registers of the set XSTATE.
 */

static long
SetRegisters(
    pid_t pid,
    void *set,
    const struct iovec *first)
{
    static char bytes[65536];
    struct iovec all = { bytes, sizeof(bytes) };

    if (call(PTRACE_GETREGSET, pid, set, &all) != 0) {
	return -1;
    }
    memcpy(bytes, first->iov_base,
	    (first->iov_len < all.iov_len) ? first->iov_len : all.iov_len);
    return call(PTRACE_SETREGSET, pid, set, &all);
}

long
ptrace(
    enum __ptrace_request request,
    ...)
{
    va_list arguments;
    pid_t pid;
    void *address, *data;

    va_start(arguments, request);
    pid = va_arg(arguments, pid_t);
    address = va_arg(arguments, void *);
    data = va_arg(arguments, void *);
    va_end(arguments);
    return (request == PTRACE_SETREGSET && (uintptr_t) address == NT_X86_XSTATE)
	    ? SetRegisters(pid, address, data)
	    : call((int) request, pid, address, data);
}
