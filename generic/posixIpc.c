/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * posixIpc.c --
 *
 *	The package: its namespace, the list of the families, and the constants.
 *	No other file needs this one.
 */

#include "args.h"
#include "await.h"
#include "catalog.h"
#include "error.h"
#include "field.h"
#include "lock.h"
#include "memory.h"
#include "method.h"
#include "mq.h"
#include "package.h"
#include "ring.h"
#include "sem.h"
#include "shm.h"
#include "topic.h"

static const char packageKey[] = "posix_ipc";

/*
 * The families. Each is an ensemble: posix_ipc::sem and so on.
 */

static const IpcFamily *const families[] = {
    &ipcSem, &ipcShm, &ipcMq, &ipcLock, &ipcRing, &ipcTopic
};

/*
 * The commands that a script can import besides the families: namespace(n).
 */

static const char *const exported[] = {
    "await", "handles", "constants", "layout"
};

/*
 * The constants of the system. VERSION is that of the package.
 */

static const struct {
    const char *name;
    OsFact fact;
} constants[] = {
    { "PAGE_SIZE",			OS_PAGE_SIZE },
    { "SEMAPHORE_TIMEOUT_SUPPORTED",	OS_SEM_TIMEOUT_SUPPORTED },
    { "SEMAPHORE_VALUE_SUPPORTED",	OS_SEM_VALUE_SUPPORTED },
    { "SEMAPHORE_VALUE_MAX",		OS_SEM_VALUE_MAX },
    { "MESSAGE_QUEUES_SUPPORTED",	OS_MQ_SUPPORTED },
    { "QUEUE_MESSAGES_MAX",		OS_MQ_MESSAGES_MAX },
    { "QUEUE_MESSAGES_MAX_DEFAULT",	OS_MQ_MESSAGES_DEFAULT },
    { "QUEUE_MESSAGE_SIZE_MAX",		OS_MQ_SIZE_MAX },
    { "QUEUE_MESSAGE_SIZE_MAX_DEFAULT",	OS_MQ_SIZE_DEFAULT },
    { "QUEUE_PRIORITY_MAX",		OS_MQ_PRIORITY_MAX },
    { "USER_SIGNAL_MIN",		OS_SIGNAL_MIN },
    { "USER_SIGNAL_MAX",		OS_SIGNAL_MAX },
    { "VERSION",			-1 },
    { NULL,				-1 }
};

/*
 * FailConstant --
 *
 *	Fails a call for err, because a constant cannot be read, in the way that
 *	a call for an object fails.
 */

static int
FailConstant(
    Tcl_Interp *interp,
    const char *name,
    int err)
{
    static const IpcFamily family = { .noun = "constant" };
    IpcCall call = {
	.interp = interp, .verb = "read", .family = &family,
	.name = Tcl_NewStringObj(name, -1)
    };

    Tcl_IncrRefCount(call.name);
    IpcFail(&call, err, NULL);
    Tcl_DecrRefCount(call.name);
    return TCL_ERROR;
}

/*
 * GetConstant --
 *
 *	Returns the value of the constant in a row of the table. On failure,
 *	returns NULL and leaves an error in the interpreter.
 */

static Tcl_Obj *
GetConstant(
    Tcl_Interp *interp,
    int row)
{
    int64_t value;
    int err;

    if ((int) constants[row].fact < 0) {
	return Tcl_NewStringObj(PACKAGE_VERSION, -1);
    }
    err = OsReadFact(constants[row].fact, &value);
    if (err != 0) {
	FailConstant(interp, constants[row].name, err);
	return NULL;
    }
    return IpcNewInteger(value);
}

/*
 * GetConstants --
 *
 *	Returns a dict of all constants. On failure, returns NULL and leaves an
 *	error in the interpreter.
 */

static Tcl_Obj *
GetConstants(
    Tcl_Interp *interp)
{
    Tcl_Obj *all = Tcl_NewObj();

    for (int row = 0; constants[row].name != NULL; row++) {
	Tcl_Obj *value = GetConstant(interp, row);

	if (value == NULL) {
	    Tcl_DecrRefCount(all);
	    return NULL;
	}
	Tcl_ListObjAppendElement(NULL, all,
		Tcl_NewStringObj(constants[row].name, -1));
	Tcl_ListObjAppendElement(NULL, all, value);
    }
    return all;
}

/*
 * ConstantsCmd --
 *
 *	posix_ipc::constants ?NAME?
 */

static int
ConstantsCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    Tcl_Obj *result;
    int row;

    (void) clientData;
    if (objc > 2) {
	Tcl_WrongNumArgs(interp, 1, objv, "?name?");
	return TCL_ERROR;
    }
    if (objc == 2 && Tcl_GetIndexFromObjStruct(interp, objv[1], constants,
	    sizeof(*constants), "constant", TCL_EXACT, &row) != TCL_OK) {
	return TCL_ERROR;
    }
    result = (objc == 2) ? GetConstant(interp, row) : GetConstants(interp);
    if (result == NULL) {
	return TCL_ERROR;
    }
    Tcl_SetObjResult(interp, result);
    return TCL_OK;
}

/*
 * LeaveLoop --
 *
 *	Leaves the loop when the interpreter or the thread ends, whichever comes
 *	first.
 */

static void
LeaveLoop(
    IpcPackage *package)
{
    if (package->usesLoop) {
	package->usesLoop = false;
	IpcCloseLoop();
    }
}

/*
 * CloseHandles --
 *
 *	Called when the thread exits: closes its handles, which give back to the
 *	system what they hold, including units held by bodies of "with".
 */

static void
CloseHandles(
    ClientData clientData)
{
    IpcPackage *package = clientData;

    package->isEnding = true;
    for (IpcHandle *handle = package->handles; handle != NULL;
	    handle = handle->next) {
	if (handle->isOpen) {
	    IpcCloseHandle(handle);
	}
    }
    LeaveLoop(package);
}

/*
 * DropName, DropWords --
 *
 *	Free the values that info has cached.
 */

static void
DropName(
    const IpcNameCache *cache)
{
    if (cache->name != NULL) {
	Tcl_DecrRefCount(cache->name);
    }
}

static void
DropWords(
    Tcl_HashTable *words)
{
    Tcl_HashSearch search;
    Tcl_HashEntry *entry = Tcl_FirstHashEntry(words, &search);

    for (; entry != NULL; entry = Tcl_NextHashEntry(&search)) {
	Tcl_DecrRefCount((Tcl_Obj *) Tcl_GetHashValue(entry));
    }
    Tcl_DeleteHashTable(words);
}

/*
 * NewPackage, DeletePackage --
 *
 *	NewPackage is called when an interpreter loads the package;
 *	DeletePackage, when the interpreter is deleted. By then its handles have
 *	been deleted with their commands.
 */

static void
DeletePackage(
    ClientData clientData,
    Tcl_Interp *interp)
{
    IpcPackage *package = clientData;

    IpcDropItems(interp);
    Tcl_DeleteThreadExitHandler(CloseHandles, package);
    LeaveLoop(package);
    Tcl_DeleteHashTable(&package->numbers);
    DropWords(&package->words);
    DropName(&package->owner);
    DropName(&package->group);
    ckfree(package);
}

static IpcPackage *
NewPackage(
    Tcl_Interp *interp)
{
    IpcPackage *package = ckalloc(sizeof(*package));

    *package = (IpcPackage) { .handles = NULL, .usesLoop = true };
    Tcl_InitHashTable(&package->numbers, TCL_ONE_WORD_KEYS);
    Tcl_InitHashTable(&package->words, TCL_ONE_WORD_KEYS);
    Tcl_SetAssocData(interp, packageKey, DeletePackage, package);
    Tcl_CreateThreadExitHandler(CloseHandles, package);
    IpcOpenLoop();
    return package;
}

/*
 * GetNamespace --
 *
 *	Returns a namespace, which a script may already have created.
 */

static Tcl_Namespace *
GetNamespace(
    Tcl_Interp *interp,
    const char *name)
{
    Tcl_Namespace *found = Tcl_FindNamespace(interp, name, NULL,
	    TCL_GLOBAL_ONLY);

    return (found != NULL) ? found
	    : Tcl_CreateNamespace(interp, name, NULL, NULL);
}

/*
 * SubcommandCmd, FreeSubcommand --
 *
 *	The command of a subcommand of a family.
 */

typedef struct Subcommand {
    IpcPackage *package;
    const IpcFamily *family;
    const IpcSubcommand *row;
} Subcommand;

static int
SubcommandCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    const Subcommand *self = clientData;
    const IpcSubcommand *row = self->row;
    IpcCall call = {
	.interp = interp, .package = self->package,
	.objc = objc, .objv = objv, .prefix = 1,
	.usage = row->usage, .verb = row->verb, .family = self->family
    };

    int code;

    if (!IpcHasWords(&call, row->least, row->most)) {
	return IpcFailUsage(&call);
    }
    code = row->proc(&call);
    if (call.name != NULL) {
	Tcl_DecrRefCount(call.name);
    }
    return code;
}

static void
FreeSubcommand(
    ClientData clientData)
{
    ckfree(clientData);
}

/*
 * AddFamily --
 *
 *	Makes the ensemble of a family.
 */

static void
AddFamily(
    Tcl_Interp *interp,
    IpcPackage *package,
    const IpcFamily *family)
{
    Tcl_Obj *space = Tcl_ObjPrintf("::posix_ipc::%s", family->prefix);
    Tcl_Namespace *namespace;

    Tcl_IncrRefCount(space);
    namespace = GetNamespace(interp, Tcl_GetString(space));
    for (const IpcSubcommand *row = family->subcommands; row->name != NULL;
	    row++) {
	Tcl_Obj *name = Tcl_ObjPrintf("%s::%s", Tcl_GetString(space),
		row->name);
	Subcommand *own = ckalloc(sizeof(*own));

	*own = (Subcommand) { package, family, row };
	Tcl_IncrRefCount(name);
	Tcl_CreateObjCommand(interp, Tcl_GetString(name), SubcommandCmd, own,
		FreeSubcommand);
	Tcl_DecrRefCount(name);
    }
    Tcl_Export(interp, namespace, "*", 1);
    Tcl_CreateEnsemble(interp, Tcl_GetString(space), namespace, 0);
    Tcl_DecrRefCount(space);
}

/*
 * AddCommands --
 *
 *	Makes all commands of the package.
 */

static void
AddCommands(
    Tcl_Interp *interp,
    IpcPackage *package)
{
    Tcl_Namespace *namespace = GetNamespace(interp, "::posix_ipc");

    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
	AddFamily(interp, package, families[i]);
	Tcl_Export(interp, namespace, families[i]->prefix, 0);
    }
    Tcl_CreateObjCommand(interp, "::posix_ipc::constants", ConstantsCmd,
	    NULL, NULL);
    Tcl_CreateObjCommand(interp, "::posix_ipc::handles", IpcHandlesCmd,
	    package, NULL);
    Tcl_CreateObjCommand(interp, "::posix_ipc::layout", IpcLayoutCmd, NULL,
	    NULL);
    Tcl_NRCreateCommand(interp, "::posix_ipc::await", IpcAwaitCmd,
	    IpcAwaitNRCmd, NULL, NULL);
    for (size_t i = 0; i < sizeof(exported) / sizeof(*exported); i++) {
	Tcl_Export(interp, namespace, exported[i], 0);
    }
}

/*
 * Posix_ipc_Init --
 *
 *	Called by load. There is no counterpart for safe interpreters, so Tcl
 *	refuses to load the package into one: the package gives access to
 *	everything that processes share with each other.
 */

DLLEXPORT int
Posix_ipc_Init(
    Tcl_Interp *interp)
{
    if (Tcl_InitStubs(interp, "8.6-", 0) == NULL) {
	return TCL_ERROR;
    }
    IpcInitTypes();
    if (Tcl_GetAssocData(interp, packageKey, NULL) == NULL) {
	AddCommands(interp, NewPackage(interp));
    }
    return Tcl_PkgProvide(interp, PACKAGE_NAME, PACKAGE_VERSION);
}
