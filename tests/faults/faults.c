/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * faults.c --
 *
 *	Can make any call from a library to the C library fail. This file is
 *	compiled to a library that is named in LD_PRELOAD, ld.so(8), and is then
 *	also loaded into Tcl, where it provides the commands of the namespace
 *	"fault". Calls from other code pass through unchanged.
 *
 *	Each function of calls.h that can fail has a stand-in of the same name.
 *	All take their arguments as six words in registers, according to the
 *	calling conventions of 64-bit Linux. That also works for functions that
 *	take fewer arguments, or a variable number of them.
 */

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <tcl.h>

typedef intptr_t Word;
typedef Word Function(Word a, Word b, Word c, Word d, Word e, Word f);

/*
 * The calls that can fail, and the reasons why others cannot.
 */

typedef enum How { MINUS, NIL, BLOCK, LINE, CODE, GONE } How;

typedef struct Call {
    const char *name;
    How how;
    int errors[32];		/* ended by 0 */
    Function *real;
    atomic_int count;		/* calls that the library has made */
} Call;

#define CALL(name, how, ...) { #name, how, { __VA_ARGS__ }, NULL, 0 },
#define SAFE(name, reason)
static Call calls[] = {
#include "calls.h"
};
#undef CALL
#undef SAFE

#define CALL(name, how, ...)
#define SAFE(name, reason) { #name, reason },
static const struct { const char *name, *reason; } safe[] = {
#include "calls.h"
};
#undef CALL
#undef SAFE

#define CALL(name, how, ...) AT_##name,
#define SAFE(name, reason)
enum {
#include "calls.h"
    CALLS
};
#undef CALL

/*
 * The address range of the library that is watched, [start, end), the fault
 * that is armed, and the number of memory blocks that the library has allocated
 * and not freed.
 */

static uintptr_t start, end;
static atomic_int armed = -1;	/* index of the call that must fail, or -1 */
static int armedTurn;		/* which of these calls, from 1 */
static int armedError;
static atomic_int blocks;

/*
 * Real --
 *
 *	Returns the function that a stand-in replaces: dlsym(3).
 */

static Function *
Real(
    const char *name,
    Function **cache)
{
    if (*cache == NULL) {
	*cache = (Function *) (uintptr_t) dlsym(RTLD_NEXT, name);
    }
    return *cache;
}

/*
 * IsFromLibrary --
 *
 *	Returns whether a call came from the library, according to its return
 *	address.
 */

static bool
IsFromLibrary(
    const void *returnAddress)
{
    return (uintptr_t) returnAddress - start < end - start;
}

/*
 * BlockAt --
 *
 *	Returns the memory that a call was given to reallocate, or 0.
 */

static Word
BlockAt(
    int index,
    const Word *words)
{
    return (index == AT_realloc) ? words[0]
	    : (calls[index].how == LINE) ? *(Word *) words[0] : 0;
}

/*
 * MakeCall --
 *
 *	Makes a call, or makes it fail. words are its arguments.
 */

static Word
MakeCall(
    int index,
    const void *returnAddress,
    const Word *words)
{
    Call *call = &calls[index];
    Function *real = Real(call->name, &call->real);
    int expected = index;
    Word had, got, result;

    if (!IsFromLibrary(returnAddress)) {
	return real(words[0], words[1], words[2], words[3], words[4], words[5]);
    }
    had = BlockAt(index, words);
    if (atomic_fetch_add(&call->count, 1) + 1 == armedTurn
	    && atomic_compare_exchange_strong(&armed, &expected, -1)) {
	if (call->how == GONE) {
	    real(words[0], words[1], words[2], words[3], words[4], words[5]);
	}
	errno = armedError;
	return (call->how == NIL || call->how == BLOCK) ? 0
		: (call->how == CODE) ? armedError : -1;
    }
    result = real(words[0], words[1], words[2], words[3], words[4], words[5]);
    got = (call->how == BLOCK) ? result : BlockAt(index, words);
    if (had == 0 && got != 0) {
	atomic_fetch_add(&blocks, 1);
    }
    return result;
}

/*
 * The stand-ins. Their names in C differ from the linker's, because the
 * compiler knows other types for those names.
 */

#define CALL(name, how, ...) \
    Word StandIn_##name(Word a, Word b, Word c, Word d, Word e, Word f) \
	    __asm__(#name); \
    Word StandIn_##name(Word a, Word b, Word c, Word d, Word e, Word f) \
    { \
	return MakeCall(AT_##name, __builtin_return_address(0), \
		(Word[]) { a, b, c, d, e, f }); \
    }
#include "calls.h"
#undef CALL

#ifdef OS_IS_LINUX

/*
 * An optimizing compiler replaces getline by __getdelim with a newline.
 */

Word StandIn_getline(Word line, Word room, Word file) __asm__("getline");

Word
StandIn_getline(
    Word line,
    Word room,
    Word file)
{
    return MakeCall(AT___getdelim, __builtin_return_address(0),
	    (Word[]) { line, room, '\n', file, 0, 0 });
}

#endif

void StandIn_free(void *block) __asm__("free");

void
StandIn_free(
    void *block)
{
    static Function *real;

    if (block != NULL && IsFromLibrary(__builtin_return_address(0))) {
	atomic_fetch_sub(&blocks, 1);
    }
    Real("free", &real)((Word) block, 0, 0, 0, 0, 0);
}

/*
 * FindLibrary --
 *
 *	Records where a library is in memory: dl_iterate_phdr(3).
 */

static int
FindLibrary(
    struct dl_phdr_info *info,
    size_t size,
    void *data)
{
    const char *path = data;

    (void) size;
    if (strcmp(info->dlpi_name, path) != 0) {
	return 0;
    }
    start = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
	const ElfW(Phdr) *part = &info->dlpi_phdr[i];

	if (part->p_type == PT_LOAD
		&& start + part->p_vaddr + part->p_memsz > end) {
	    end = start + part->p_vaddr + part->p_memsz;
	}
    }
    return 1;
}

/*
 * WatchCmd, ArmCmd, Disarm, GetCounts, GetBlocks, GetCalls, GetSafe --
 *
 *	fault::watch path		watches the calls of this library
 *	fault::arm call turn errno	the turn-th call from now fails
 *	fault::disarm			resets all counts; returns whether the
 *					armed fault has occurred
 *	fault::counts			a dict: calls since the last disarm
 *	fault::blocks			memory blocks not freed by the library
 *	fault::calls			a dict: errno values by call
 *	fault::safe			a dict: reasons by call
 */

static int
WatchCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    (void) clientData;
    if (objc != 2 || !dl_iterate_phdr(FindLibrary, Tcl_GetString(objv[1]))) {
	Tcl_SetObjResult(interp, Tcl_NewStringObj("no such library", -1));
	return TCL_ERROR;
    }
    return TCL_OK;
}

static int
ArmCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    int index;

    (void) clientData;
    if (objc != 4
	    || Tcl_GetIndexFromObjStruct(interp, objv[1], calls,
		    sizeof(*calls), "call", TCL_EXACT, &index) != TCL_OK
	    || Tcl_GetIntFromObj(interp, objv[2], &armedTurn) != TCL_OK) {
	return TCL_ERROR;
    }
    for (const int *error = calls[index].errors; *error != 0; error++) {
	if (strcmp(Tcl_GetString(objv[3]), strerrorname_np(*error)) == 0) {
	    armedError = *error;
	    atomic_store(&calls[index].count, 0);
	    atomic_store(&armed, index);
	    return TCL_OK;
	}
    }
    Tcl_SetObjResult(interp, Tcl_NewStringObj("no such error of the call", -1));
    return TCL_ERROR;
}

static Tcl_Obj *
Disarm(void)
{
    bool hasCome = (atomic_exchange(&armed, -1) == -1);

    for (int i = 0; i < CALLS; i++) {
	atomic_store(&calls[i].count, 0);
    }
    return Tcl_NewBooleanObj(hasCome);
}

static Tcl_Obj *
GetCounts(void)
{
    Tcl_Obj *counts = Tcl_NewObj();

    for (int i = 0; i < CALLS; i++) {
	int count = atomic_load(&calls[i].count);

	if (count > 0) {
	    Tcl_DictObjPut(NULL, counts, Tcl_NewStringObj(calls[i].name, -1),
		    Tcl_NewIntObj(count));
	}
    }
    return counts;
}

static Tcl_Obj *
GetBlocks(void)
{
    return Tcl_NewIntObj(atomic_load(&blocks));
}

static Tcl_Obj *
GetCalls(void)
{
    Tcl_Obj *all = Tcl_NewObj();

    for (int i = 0; i < CALLS; i++) {
	Tcl_Obj *errors = Tcl_NewObj();

	for (const int *error = calls[i].errors; *error != 0; error++) {
	    Tcl_ListObjAppendElement(NULL, errors,
		    Tcl_NewStringObj(strerrorname_np(*error), -1));
	}
	Tcl_DictObjPut(NULL, all, Tcl_NewStringObj(calls[i].name, -1), errors);
    }
    return all;
}

static Tcl_Obj *
GetSafe(void)
{
    Tcl_Obj *all = Tcl_NewObj();

    for (size_t i = 0; i < sizeof(safe) / sizeof(*safe); i++) {
	Tcl_DictObjPut(NULL, all, Tcl_NewStringObj(safe[i].name, -1),
		Tcl_NewStringObj(safe[i].reason, -1));
    }
    return all;
}

/*
 * The commands that ignore their arguments.
 */

static const struct {
    const char *name;
    Tcl_Obj *(*run)(void);
} commands[] = {
    { "fault::disarm",	Disarm },
    { "fault::counts",	GetCounts },
    { "fault::blocks",	GetBlocks },
    { "fault::calls",	GetCalls },
    { "fault::safe",	GetSafe }
};

static int
RunCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    (void) objc;
    (void) objv;
    Tcl_SetObjResult(interp, commands[(uintptr_t) clientData].run());
    return TCL_OK;
}

/*
 * Faults_Init --
 *
 *	Called by load.
 */

DLLEXPORT int
Faults_Init(
    Tcl_Interp *interp)
{
    if (Tcl_InitStubs(interp, "8.6-", 0) == NULL) {
	return TCL_ERROR;
    }
    Tcl_CreateNamespace(interp, "::fault", NULL, NULL);
    Tcl_CreateObjCommand(interp, "fault::watch", WatchCmd, NULL, NULL);
    Tcl_CreateObjCommand(interp, "fault::arm", ArmCmd, NULL, NULL);
    for (uintptr_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
	Tcl_CreateObjCommand(interp, commands[i].name, RunCmd,
		(ClientData) i, NULL);
    }
    return TCL_OK;
}
