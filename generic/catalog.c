/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * catalog.c --
 *
 *	Reports what exists in the system, with the subcommands list, info,
 *	holders and waiters of a family, and the handles of an interpreter.
 */

#include "catalog.h"
#include "args.h"
#include "error.h"
#include "field.h"
#include "handle.h"
#include "package.h"
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * DecodeName --
 *
 *	Returns a new object for the name of an object of the system; NULL if
 *	the name does not survive a round trip through Tcl.
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
    value = IpcDecode(name);
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
 *	For qsort(3): the order of lsort. Each name has a string representation.
 */

static int
CompareNames(
    const void *left,
    const void *right)
{
    return strcmp((*(Tcl_Obj *const *) left)->bytes,
	    (*(Tcl_Obj *const *) right)->bytes);
}

/*
 * FailCatalog --
 *
 *	Fails a call that concerns no single object.
 */

static int
FailCatalog(
    IpcCall *call,
    int err)
{
    IpcSetName(call, Tcl_NewStringObj("*", 1));
    return IpcFail(call, err, NULL);
}

/*
 * IpcList --
 *
 *	posix_ipc::sem list ?pattern?, and the same subcommand of the other
 *	families.
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
    err = OsListNames(call->family->os, AddName, &list);
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
 *	Returns the name of a user or group. Most objects have the same owner,
 *	so the last name is cached.
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
	cache->name = IpcDecode(name);
	Tcl_IncrRefCount(cache->name);
    }
    return cache->name;
}

/*
 * AddWord, GetWords --
 *
 *	GetWords returns the words that are the same in every dict that info
 *	makes for a family: its type, the keys that all families have, and the
 *	keys of this family alone. An interpreter has one such list for each
 *	family.
 */

static const char *const commonKeys[] = {
    "name", "type", "mode", "uid", "gid", "owner", "group", "mtime"
};

#define COMMON_KEYS (sizeof(commonKeys) / sizeof(*commonKeys))
#define MOST_KEYS (COMMON_KEYS + 8)

static void
AddWord(
    Tcl_Obj *words,
    const char *word)
{
    Tcl_ListObjAppendElement(NULL, words, Tcl_NewStringObj(word, -1));
}

static Tcl_Obj *const *
GetWords(
    IpcPackage *package,
    const IpcFamily *family)
{
    int isNew;
    Tcl_HashEntry *entry = Tcl_CreateHashEntry(&package->words,
	    (const char *) family, &isNew);
    Tcl_Obj **all;
    Tcl_Size count;

    if (isNew) {
	Tcl_Obj *words = Tcl_NewObj();

	Tcl_IncrRefCount(words);
	AddWord(words, family->prefix);
	for (size_t i = 0; i < COMMON_KEYS; i++) {
	    AddWord(words, commonKeys[i]);
	}
	for (const IpcInfoKey *key = family->infoKeys; key != NULL
		&& key->name != NULL; key++) {
	    AddWord(words, key->name);
	}
	Tcl_SetHashValue(entry, words);
    }
    Tcl_ListObjGetElements(NULL, Tcl_GetHashValue(entry), &count, &all);
    return all;
}

/*
 * NewInfoObj --
 *
 *	Returns a dict of the facts known about an object.
 */

static Tcl_Obj *
NewInfoObj(
    const IpcCall *call,
    OsInfo *info)
{
    IpcPackage *package = call->package;
    Tcl_Obj *const *words = GetWords(package, call->family);
    Tcl_Obj *const *keys = words + 1;
    Tcl_Obj *const common[] = {
	call->name, words[0], IpcNewInteger(info->mode),
	IpcNewInteger(info->uid), IpcNewInteger(info->gid),
	GetCachedName(&package->owner, info->uid, false),
	GetCachedName(&package->group, info->gid, true),
	IpcNewInteger(info->mtime)
    };
    Tcl_Obj *dict[2 * MOST_KEYS];
    Tcl_Size count = 0;

    for (size_t i = 0; i < COMMON_KEYS; i++) {
	dict[count++] = *keys++;
	dict[count++] = common[i];
    }
    for (const IpcInfoKey *key = call->family->infoKeys; key != NULL
	    && key->name != NULL; key++, keys++) {
	if ((info->known & key->known)
		&& key->get(info, key->offset, &dict[count + 1]) == 0) {
	    dict[count] = *keys;
	    count += 2;
	}
    }
    return Tcl_NewListObj(count, dict);
}

/*
 * SetInfo, IpcInfo --
 *
 *	posix_ipc::sem info name, and the same subcommand of the other families.
 *	The result omits what the caller may not read. own is an empty list,
 *	which receives the keys and values of this family alone.
 */

static int
SetInfo(
    const IpcCall *call,
    const char *name,
    Tcl_Obj *own)
{
    Tcl_Obj *dict;
    OsInfo info;
    int err = (call->family->inspect == NULL) ? 0
	    : call->family->inspect(name, own, NULL);

    if (err != 0 && err != EACCES) {
	return call->family->fail(call, err, NULL);
    }
    err = OsGetInfo(call->family->os, name, &info);
    if (err != 0) {
	return IpcFail(call, err, NULL);
    }
    dict = NewInfoObj(call, &info);
    Tcl_ListObjAppendList(NULL, dict, own);
    Tcl_SetObjResult(call->interp, dict);
    return TCL_OK;
}

int
IpcInfo(
    IpcCall *call)
{
    Tcl_DString name;
    Tcl_Obj *own = Tcl_NewObj();
    int code;

    Tcl_DStringInit(&name);
    code = IpcTakeName(call, call->objv[1], &name);
    if (code == TCL_OK) {
	code = SetInfo(call, Tcl_DStringValue(&name), own);
    }
    Tcl_DecrRefCount(own);
    Tcl_DStringFree(&name);
    return code;
}

/*
 * AddHolder, AddNamedHolder --
 *
 *	Add a process to the list of an object's holders, or to a dict of such
 *	lists by name.
 */

static Tcl_Obj *
NewHolderObj(
    pid_t pid,
    const char *command)
{
    Tcl_Obj *words[2] = { IpcNewInteger(pid), IpcDecode(command) };

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
 *	Reads a list of process ids into an array, which the caller frees with
 *	ckfree. An integer that is not a process id becomes 0, which no
 *	process has.
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
 *	Returns the list of holders of the object that word names. If word is
 *	NULL, returns a dict of such lists, by name, for all objects that any
 *	process has open. On failure, fails the call and returns NULL.
 */

static Tcl_Obj *
FindHolders(
    IpcCall *call,
    Tcl_Obj *word,		/* or NULL */
    const OsProcesses *chosen,
    bool *completePtr)
{
    const OsFamily *family = call->family->os;
    Tcl_Obj *found = Tcl_NewObj();
    Tcl_DString name;
    int code = TCL_OK, err;

    Tcl_DStringInit(&name);
    if (word == NULL) {
	err = OsListHolders(family, NULL, chosen, completePtr,
		AddNamedHolder, found);
	code = (err == 0) ? TCL_OK : FailCatalog(call, err);
    } else if ((code = IpcTakeName(call, word, &name)) == TCL_OK) {
	err = OsListHolders(family, Tcl_DStringValue(&name), chosen,
		completePtr, AddHolder, found);
	code = (err == 0) ? TCL_OK : IpcFail(call, err, NULL);
    }
    Tcl_DStringFree(&name);
    if (code != TCL_OK) {
	Tcl_DecrRefCount(found);
	return NULL;
    }
    return found;
}

/*
 * SplitHolders --
 *
 *	Finds the arguments of a call of IpcHolders; missing ones become NULL.
 *	Returns TCL_OK, or fails the call and returns TCL_ERROR.
 */

typedef struct HolderWords {
    Tcl_Obj *name, *pids, *variable;
} HolderWords;

static bool
IsPids(
    Tcl_Obj *word)
{
    return strcmp(Tcl_GetString(word), "-pids") == 0;
}

static int
SplitHolders(
    const IpcCall *call,
    HolderWords *words)
{
    Tcl_Obj *const *objv = call->objv + 1;
    Tcl_Size left = call->objc - 1;

    *words = (HolderWords) { NULL, NULL, NULL };
    if (left > 0 && !IsPids(*objv)) {
	words->name = *objv++;
	left--;
    }
    if (left > 1 && IsPids(*objv)) {
	words->pids = objv[1];
	objv += 2;
	left -= 2;
    }
    if (left > 0 && !IsPids(*objv)) {
	words->variable = *objv;
	left--;
    }
    return (left == 0) ? TCL_OK : IpcFailUsage(call);
}

/*
 * IpcHolders --
 *
 *	posix_ipc::sem holders ?name? ?-pids list? ?completeVar?, and the same
 *	subcommand of the other families.
 */

int
IpcHolders(
    IpcCall *call)
{
    OsProcesses chosen = { NULL, 0 };
    bool isComplete = false;
    HolderWords words;
    Tcl_Obj *found;

    if (SplitHolders(call, &words) != TCL_OK || (words.pids != NULL
	    && ReadProcesses(call, words.pids, &chosen) != TCL_OK)) {
	return TCL_ERROR;
    }
    found = FindHolders(call, words.name,
	    (words.pids != NULL) ? &chosen : NULL, &isComplete);
    if (chosen.pids != NULL) {
	ckfree((void *) chosen.pids);
    }
    if (found == NULL) {
	return TCL_ERROR;
    }
    Tcl_SetObjResult(call->interp, found);
    return (words.variable == NULL || Tcl_ObjSetVar2(call->interp,
	    words.variable, NULL, Tcl_NewIntObj(isComplete),
	    TCL_LEAVE_ERR_MSG) != NULL) ? TCL_OK : TCL_ERROR;
}

/*
 * IpcAddWaiter, FindWaiters, IpcWaiters --
 *
 *	IpcAddWaiter appends a waiter to a list. FindWaiters appends all waiters
 *	of the object with a given name. IpcWaiters is posix_ipc::sem waiters
 *	name, and the same subcommand of the other families.
 */

int
IpcAddWaiter(
    void *data,
    pid_t pid,
    const char *command,
    const char *operation)
{
    Tcl_Obj *words[3] = {
	IpcNewInteger(pid), IpcDecode(command),
	Tcl_NewStringObj(operation, -1)
    };

    Tcl_ListObjAppendElement(NULL, data, Tcl_NewListObj(3, words));
    return 0;
}

static int
FindWaiters(
    const IpcCall *call,
    const char *name,
    Tcl_Obj *found)
{
    const IpcFamily *family = call->family;
    int err;

    if (family->inspect == NULL) {
	err = OsListWaiters(family->os, name, IpcAddWaiter, found);
	return (err == 0) ? TCL_OK : IpcFail(call, err, NULL);
    }
    err = family->inspect(name, NULL, found);
    return (err == 0) ? TCL_OK : family->fail(call, err, NULL);
}

int
IpcWaiters(
    IpcCall *call)
{
    Tcl_Obj *found = Tcl_NewObj();
    Tcl_DString name;
    int code;

    Tcl_IncrRefCount(found);
    Tcl_DStringInit(&name);
    code = IpcTakeName(call, call->objv[1], &name);
    if (code == TCL_OK) {
	code = FindWaiters(call, Tcl_DStringValue(&name), found);
    }
    if (code == TCL_OK) {
	Tcl_SetObjResult(call->interp, found);
    }
    Tcl_DStringFree(&name);
    Tcl_DecrRefCount(found);
    return code;
}

/*
 * IpcHandlesCmd --
 *
 *	posix_ipc::handles: the commands of all handles, oldest first.
 */

int
IpcHandlesCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    IpcHandle *handle = ((IpcPackage *) clientData)->handles;
    Tcl_Obj *names;

    if (objc != 1) {
	Tcl_WrongNumArgs(interp, 1, objv, NULL);
	return TCL_ERROR;
    }
    while (handle != NULL && handle->next != NULL) {
	handle = handle->next;
    }
    names = Tcl_NewObj();
    for (; handle != NULL; handle = handle->previous) {
	Tcl_ListObjAppendElement(NULL, names, IpcNewCommandObj(handle));
    }
    Tcl_SetObjResult(interp, names);
    return TCL_OK;
}
