/*
 * posixIpc.c --
 *
 *	The package: its namespace, the ensembles of the three families, and
 *	the constants.
 */

#include "posixIpc.h"

static const char packageKey[] = "posix_ipc";

/*
 * Each family is an ensemble, posix_ipc::sem and so on, of these subcommands.
 */

static const IpcFamily *const families[IPC_FAMILIES] = {
    &ipcSem, &ipcShm, &ipcMq
};

typedef struct Subcommand {
    const char *name;
    IpcSubcommandProc *proc;
    const char *verb;		/* as in "couldn't open" */
    int least;			/* words after the subcommand's name */
    int most;			/* -1: no limit */
    const char *usage;		/* NULL: the family's openUsage */
} Subcommand;

static const Subcommand subcommands[] = {
    { "open",	IpcOpen,	"open",		1, -1, NULL },
    { "unlink",	IpcUnlink,	"unlink",	1, 1, "name" },
    { "list",	IpcList,	"list",		0, 1, "?pattern?" },
    { "info",	IpcInfo,	"look at",	1, 1, "name" },
    { "holders", IpcHolders,	"find the holders of", 0, 3,
	    "?name? ?-pids list?" }
};

/*
 * What a script can import: namespace(n).
 */

static const char *const exported[] = {
    "sem", "shm", "mq", "await", "handles", "constants"
};

/*
 * The constants that the system knows; VERSION is ours.
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
 *	Fails to read a constant for err, as a call for an object fails.
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
    IpcFailLimit(&call, err, NULL);
    Tcl_DecrRefCount(call.name);
    return TCL_ERROR;
}

/*
 * GetConstant --
 *
 *	Returns the value of the constant in a row of the table; NULL, with an
 *	error left.
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
    return Tcl_NewWideIntObj(value);
}

/*
 * GetConstants --
 *
 *	Returns a dict of all constants; NULL, with an error left.
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
 * IpcGetPackage --
 *
 *	Returns what the interpreter has of this package.
 */

IpcPackage *
IpcGetPackage(
    Tcl_Interp *interp)
{
    return Tcl_GetAssocData(interp, packageKey, NULL);
}

/*
 * LeaveLoop --
 *
 *	The interpreter or the thread ends, whichever is first.
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
 *	The thread exits: what its handles hold goes back to the system, units
 *	that a body of "with" holds included.
 */

static void
CloseHandles(
    ClientData clientData)
{
    IpcPackage *package = clientData;

    for (IpcHandle *handle = package->handles; handle != NULL;
	    handle = handle->next) {
	if (handle->isOpen) {
	    IpcCloseHandle(handle);
	}
    }
    LeaveLoop(package);
}

/*
 * Drop --
 *
 *	Lets go of a value that was kept, or of NULL.
 */

static void
Drop(
    Tcl_Obj *value)
{
    if (value != NULL) {
	Tcl_DecrRefCount(value);
    }
}

/*
 * DeletePackage --
 *
 *	The interpreter is deleted, and its handles have gone with their
 *	commands.
 */

static void
DeletePackage(
    ClientData clientData,
    Tcl_Interp *interp)
{
    IpcPackage *package = clientData;

    IpcDropEvents(interp);
    Tcl_DeleteThreadExitHandler(CloseHandles, package);
    LeaveLoop(package);
    for (size_t i = 0; i < IPC_WORDS; i++) {
	Drop(package->words[i].value);
    }
    Drop(package->owner.name);
    Drop(package->group.name);
    for (size_t i = 0; i < IPC_KEYS; i++) {
	Drop(package->keys[i]);
    }
    ckfree(package);
}

/*
 * GetNamespace --
 *
 *	Returns a namespace, which a script may have made before.
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

typedef struct FamilySubcommand {
    const IpcFamily *family;
    const Subcommand *subcommand;
} FamilySubcommand;

static int
SubcommandCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    const IpcFamily *family = ((FamilySubcommand *) clientData)->family;
    const Subcommand *self = ((FamilySubcommand *) clientData)->subcommand;
    IpcCall call = {
	.interp = interp, .package = IpcGetPackage(interp),
	.objc = objc, .objv = objv, .prefix = 1,
	.usage = (self->usage == NULL) ? family->openUsage : self->usage,
	.verb = self->verb, .family = family
    };

    if (!IpcHasWords(&call, self->least, self->most)) {
	return IpcFailUsage(&call);
    }
    return self->proc(&call);
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
    const IpcFamily *family)
{
    Tcl_Obj *space = Tcl_ObjPrintf("::posix_ipc::%s", family->prefix);
    Tcl_Namespace *namespace;

    Tcl_IncrRefCount(space);
    namespace = GetNamespace(interp, Tcl_GetString(space));
    for (size_t i = 0; i < sizeof(subcommands) / sizeof(*subcommands); i++) {
	Tcl_Obj *name = Tcl_ObjPrintf("%s::%s", Tcl_GetString(space),
		subcommands[i].name);
	FamilySubcommand *own = ckalloc(sizeof(*own));

	*own = (FamilySubcommand) { family, &subcommands[i] };
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
    Tcl_Interp *interp)
{
    Tcl_Namespace *namespace = GetNamespace(interp, "::posix_ipc");

    for (size_t i = 0; i < IPC_FAMILIES; i++) {
	AddFamily(interp, families[i]);
    }
    Tcl_CreateObjCommand(interp, "::posix_ipc::constants", ConstantsCmd,
	    NULL, NULL);
    Tcl_CreateObjCommand(interp, "::posix_ipc::handles", IpcHandlesCmd,
	    NULL, NULL);
    Tcl_NRCreateCommand(interp, "::posix_ipc::await", IpcAwaitCmd,
	    IpcAwaitNRCmd, NULL, NULL);
    for (size_t i = 0; i < sizeof(exported) / sizeof(*exported); i++) {
	Tcl_Export(interp, namespace, exported[i], 0);
    }
}

/*
 * Posix_ipc_Init --
 *
 *	Called by load. There is no counterpart for safe interpreters, in
 *	which Tcl therefore refuses to load the package: it reaches whatever
 *	processes share with each other.
 */

DLLEXPORT int
Posix_ipc_Init(
    Tcl_Interp *interp)
{
    IpcPackage *package;

    if (Tcl_InitStubs(interp, "8.6-", 0) == NULL) {
	return TCL_ERROR;
    }
    IpcInitTypes();
    if (IpcGetPackage(interp) == NULL) {
	package = ckalloc(sizeof(*package));
	*package = (IpcPackage) { .handles = NULL };
	Tcl_SetAssocData(interp, packageKey, DeletePackage, package);
	Tcl_CreateThreadExitHandler(CloseHandles, package);
	package->usesLoop = true;
	IpcOpenLoop();
	AddCommands(interp);
    }
    return Tcl_PkgProvide(interp, PACKAGE_NAME, PACKAGE_VERSION);
}
