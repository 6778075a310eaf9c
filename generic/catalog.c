/*
 * catalog.c --
 *
 *	What is in the system: list, info and holders of a family; and the
 *	handles of an interpreter.
 */

#include "posixIpc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Decode --
 *
 *	Returns a new object for text in the system's encoding.
 */

static Tcl_Obj *
Decode(
    const char *text)
{
    Tcl_DString decoded;
    Tcl_Obj *value;

    Tcl_ExternalToUtfDString(NULL, text, -1, &decoded);
    value = Tcl_NewStringObj(Tcl_DStringValue(&decoded),
	    Tcl_DStringLength(&decoded));
    Tcl_DStringFree(&decoded);
    return value;
}

/*
 * DecodeName --
 *
 *	Returns a new object for the name of an object of the system; NULL,
 *	where what a script could say would not name it.
 */

static Tcl_Obj *
DecodeName(
    const char *name)
{
    Tcl_Obj *value;
    Tcl_DString encoded;
    bool isSame;

    if (IpcIsPlain(name)) {
	return Tcl_NewStringObj(name, -1);
    }
    value = Decode(name);
    Tcl_DStringInit(&encoded);
    isSame = IpcCanEncode(value, NULL, &encoded)
	    && strcmp(Tcl_DStringValue(&encoded), name) == 0;
    Tcl_DStringFree(&encoded);
    if (!isSame) {
	Tcl_DecrRefCount(value);
	return NULL;
    }
    return value;
}

/*
 * AddName --
 *
 *	Adds a name to the list of those that match a pattern.
 */

typedef struct NameList {
    Tcl_Obj *names;
    const char *pattern;
} NameList;

static int
AddName(
    void *data,
    const char *name)
{
    NameList *list = data;
    Tcl_Obj *value = DecodeName(name);

    if (value != NULL) {
	if (Tcl_StringMatch(Tcl_GetString(value), list->pattern)) {
	    Tcl_ListObjAppendElement(NULL, list->names, value);
	} else {
	    Tcl_DecrRefCount(value);
	}
    }
    return 0;
}

/*
 * CompareNames --
 *
 *	For qsort(3): the order of lsort.
 */

static int
CompareNames(
    const void *left,
    const void *right)
{
    return strcmp(Tcl_GetString(*(Tcl_Obj *const *) left),
	    Tcl_GetString(*(Tcl_Obj *const *) right));
}

/*
 * FailCatalog --
 *
 *	Fails a call that is not about one object.
 */

static int
FailCatalog(
    IpcCall *call,
    int err)
{
    Tcl_Obj *all = Tcl_NewStringObj("*", 1);

    Tcl_IncrRefCount(all);
    call->name = all;
    IpcFail(call, err, NULL);
    Tcl_DecrRefCount(all);
    return TCL_ERROR;
}

/*
 * IpcList --
 *
 *	posix_ipc::sem list ?pattern?, and those of the other families.
 */

int
IpcList(
    IpcCall *call)
{
    NameList list = { .pattern = "*" };
    Tcl_Obj **names;
    Tcl_Size count;
    int err;

    if (call->objc == 2) {
	list.pattern = Tcl_GetString(call->objv[1]);
    }
    list.names = Tcl_NewObj();
    err = OsListNames(call->family->id, AddName, &list);
    if (err != 0) {
	Tcl_DecrRefCount(list.names);
	return FailCatalog(call, err);
    }
    Tcl_ListObjGetElements(NULL, list.names, &count, &names);
    if (count > 1) {
	qsort(names, (size_t) count, sizeof(void *), CompareNames);
    }
    Tcl_SetObjResult(call->interp, list.names);
    return TCL_OK;
}

/*
 * GetCachedName --
 *
 *	Returns the name of a user or group: most objects have the same.
 */

static Tcl_Obj *
GetCachedName(
    IpcNameCache *cache,
    unsigned long id,
    bool isGroup)
{
    char name[256];

    if (cache->name == NULL || cache->id != id) {
	if (isGroup) {
	    OsGetGroupName((gid_t) id, name, sizeof(name));
	} else {
	    OsGetUserName((uid_t) id, name, sizeof(name));
	}
	if (cache->name != NULL) {
	    Tcl_DecrRefCount(cache->name);
	}
	cache->id = id;
	cache->name = Decode(name);
	Tcl_IncrRefCount(cache->name);
    }
    return cache->name;
}

/*
 * The keys of what info tells. An interpreter makes each once.
 */

enum {
    NAME, TYPE, MODE, UID, GID, OWNER, GROUP, MTIME, VALUE, SIZE,
    MAX_MESSAGES, MAX_MESSAGE_SIZE, CURRENT_MESSAGES, BYTES, NOTIFY_PID
};

static const char *const keys[IPC_KEYS] = {
    [NAME] = "name", [TYPE] = "type", [MODE] = "mode", [UID] = "uid",
    [GID] = "gid", [OWNER] = "owner", [GROUP] = "group", [MTIME] = "mtime",
    [VALUE] = "value", [SIZE] = "size", [MAX_MESSAGES] = "maxmessages",
    [MAX_MESSAGE_SIZE] = "maxmessagesize",
    [CURRENT_MESSAGES] = "currentmessages", [BYTES] = "bytes",
    [NOTIFY_PID] = "notifypid"
};

/*
 * Put, PutInteger --
 *
 *	Add a key and a value to the words of a dict.
 */

typedef struct Words {
    IpcPackage *package;
    Tcl_Obj *words[2 * IPC_KEYS];
    Tcl_Size count;
} Words;

static void
Put(
    Words *dict,
    int key,
    Tcl_Obj *value)
{
    Tcl_Obj **keyPtr = &dict->package->keys[key];

    if (*keyPtr == NULL) {
	*keyPtr = Tcl_NewStringObj(keys[key], -1);
	Tcl_IncrRefCount(*keyPtr);
    }
    dict->words[dict->count++] = *keyPtr;
    dict->words[dict->count++] = value;
}

static void
PutInteger(
    Words *dict,
    int key,
    int64_t value)
{
    Put(dict, key, Tcl_NewWideIntObj(value));
}

/*
 * NewInfoObj --
 *
 *	Returns a dict of what is known of an object.
 */

static Tcl_Obj *
NewInfoObj(
    const IpcCall *call,
    const OsInfo *info)
{
    IpcPackage *package = call->package;
    Words dict = { .package = package, .count = 0 };

    Put(&dict, NAME, call->name);
    Put(&dict, TYPE, Tcl_NewStringObj(call->family->prefix, -1));
    PutInteger(&dict, MODE, info->mode);
    PutInteger(&dict, UID, info->uid);
    PutInteger(&dict, GID, info->gid);
    Put(&dict, OWNER, GetCachedName(&package->owner, info->uid, false));
    Put(&dict, GROUP, GetCachedName(&package->group, info->gid, true));
    PutInteger(&dict, MTIME, info->mtime);
    if (info->known & OS_INFO_VALUE) {
	PutInteger(&dict, VALUE, info->value);
    }
    if (info->known & OS_INFO_SIZE) {
	PutInteger(&dict, SIZE, info->size);
    }
    if (info->known & OS_INFO_QUEUE) {
	PutInteger(&dict, MAX_MESSAGES, info->limits.maxMessages);
	PutInteger(&dict, MAX_MESSAGE_SIZE, info->limits.maxMessageSize);
	PutInteger(&dict, CURRENT_MESSAGES, info->messages);
    }
    if (info->known & OS_INFO_FILE) {
	PutInteger(&dict, BYTES, info->bytes);
	PutInteger(&dict, NOTIFY_PID, info->notifyPid);
    }
    return Tcl_NewListObj(dict.count, dict.words);
}

/*
 * IpcInfo --
 *
 *	posix_ipc::sem info name, and those of the other families.
 */

int
IpcInfo(
    IpcCall *call)
{
    Tcl_DString name;
    OsInfo info;
    int code;

    call->name = call->objv[1];
    Tcl_DStringInit(&name);
    code = IpcEncodeName(call, &name);
    if (code == TCL_OK) {
	int err = OsGetInfo(call->family->id, Tcl_DStringValue(&name), &info);

	if (err != 0) {
	    code = IpcFailLimit(call, err, NULL);
	} else {
	    Tcl_SetObjResult(call->interp, NewInfoObj(call, &info));
	}
    }
    Tcl_DStringFree(&name);
    return code;
}

/*
 * AddHolder, AddNamedHolder --
 *
 *	Add a process to the list of an object's holders, or to the dict of
 *	those lists by name.
 */

static Tcl_Obj *
NewHolderObj(
    pid_t pid,
    const char *command)
{
    Tcl_Obj *words[2] = { Tcl_NewWideIntObj(pid), Decode(command) };

    return Tcl_NewListObj(2, words);
}

static int
AddHolder(
    void *data,
    const char *name,
    pid_t pid,
    const char *command)
{
    (void) name;
    Tcl_ListObjAppendElement(NULL, data, NewHolderObj(pid, command));
    return 0;
}

static int
AddNamedHolder(
    void *data,
    const char *name,
    pid_t pid,
    const char *command)
{
    Tcl_Obj *key = DecodeName(name), *list = NULL;

    if (key == NULL) {
	return 0;
    }
    Tcl_IncrRefCount(key);
    Tcl_DictObjGet(NULL, data, key, &list);
    list = (list == NULL) ? Tcl_NewObj() : Tcl_DuplicateObj(list);
    Tcl_ListObjAppendElement(NULL, list, NewHolderObj(pid, command));
    Tcl_DictObjPut(NULL, data, key, list);
    Tcl_DecrRefCount(key);
    return 0;
}

/*
 * ReadProcesses --
 *
 *	Reads a list of process ids. The array is freed by ckfree. An integer
 *	that no process can have becomes 0, which none has.
 */

static int
ReadProcesses(
    const IpcCall *call,
    Tcl_Obj *value,
    OsProcesses *processes)
{
    Tcl_Obj **words;
    Tcl_Size count;
    pid_t *pids;

    if (Tcl_ListObjGetElements(call->interp, value, &count, &words)
	    != TCL_OK) {
	return TCL_ERROR;
    }
    pids = ckalloc((size_t) count * sizeof(*pids) + 1);
    for (Tcl_Size i = 0; i < count; i++) {
	int64_t pid;

	if (IpcGetInteger(call, words[i], &pid) != TCL_OK) {
	    ckfree(pids);
	    return TCL_ERROR;
	}
	pids[i] = (pid > 0 && pid <= INT_MAX) ? (pid_t) pid : 0;
    }
    *processes = (OsProcesses) { pids, (size_t) count };
    return TCL_OK;
}

/*
 * FindHolders --
 *
 *	Returns a list for one object, a dict by name for all that anybody
 *	holds where there is no name in the call; NULL, with an error left.
 */

static Tcl_Obj *
FindHolders(
    IpcCall *call,
    const OsProcesses *chosen)
{
    Tcl_Obj *found = Tcl_NewObj();
    Tcl_DString name;
    int code, err;

    if (call->name == NULL) {
	err = OsListHolders(call->family->id, NULL, chosen, AddNamedHolder,
		found);
	code = (err == 0) ? TCL_OK : FailCatalog(call, err);
    } else {
	Tcl_DStringInit(&name);
	code = IpcEncodeName(call, &name);
	if (code == TCL_OK) {
	    err = OsListHolders(call->family->id, Tcl_DStringValue(&name),
		    chosen, AddHolder, found);
	    code = (err == 0) ? TCL_OK : IpcFail(call, err, NULL);
	}
	Tcl_DStringFree(&name);
    }
    if (code != TCL_OK) {
	Tcl_DecrRefCount(found);
	return NULL;
    }
    return found;
}

/*
 * IpcHolders --
 *
 *	posix_ipc::sem holders ?name? ?-pids list?, and those of the other
 *	families.
 */

int
IpcHolders(
    IpcCall *call)
{
    Tcl_Size objc = call->objc;
    Tcl_Obj *const *objv = call->objv;
    bool isChosen = objc >= 3
	    && strcmp(Tcl_GetString(objv[objc - 2]), "-pids") == 0;
    OsProcesses chosen = { NULL, 0 };
    Tcl_Obj *found;

    if (objc > 2 && !isChosen) {
	return IpcFailUsage(call);
    }
    if (objc % 2 == 0) {
	call->name = objv[1];
    }
    if (isChosen && ReadProcesses(call, objv[objc - 1], &chosen) != TCL_OK) {
	return TCL_ERROR;
    }
    found = FindHolders(call, isChosen ? &chosen : NULL);
    if (chosen.pids != NULL) {
	ckfree((void *) chosen.pids);
    }
    if (found == NULL) {
	return TCL_ERROR;
    }
    Tcl_SetObjResult(call->interp, found);
    return TCL_OK;
}

/*
 * IpcHandlesCmd --
 *
 *	posix_ipc::handles: the commands, the oldest first.
 */

int
IpcHandlesCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    IpcHandle *handle = IpcGetPackage(interp)->handles;
    Tcl_Obj *names;

    (void) clientData;
    if (objc != 1) {
	Tcl_WrongNumArgs(interp, 1, objv, NULL);
	return TCL_ERROR;
    }
    while (handle != NULL && handle->next != NULL) {
	handle = handle->next;
    }
    names = Tcl_NewObj();
    for (; handle != NULL; handle = handle->previous) {
	Tcl_Obj *name = Tcl_NewObj();

	Tcl_GetCommandFullName(interp, handle->token, name);
	Tcl_ListObjAppendElement(NULL, names, name);
    }
    Tcl_SetObjResult(interp, names);
    return TCL_OK;
}
