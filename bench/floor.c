/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * floor.c --
 *
 *	Lower bounds for the times of the commands of posix_ipc: commands that
 *	do only the minimum, and the system calls themselves, timed in C.
 *
 *	    floor::nothing ?word ...?	returns nothing
 *	    floor::integer ?word ...?	returns a new integer
 *	    floor::same ?word ...?	returns the same value each time
 *	    floor::memory read offset length
 *	    floor::memory write offset bytes
 *					copies between private memory and a
 *					byte array
 *	    floor::seconds calls ?name ...? count
 *					makes system calls count times, and
 *					returns how many seconds they took
 *	    floor::echo in out		sends from the queue in to the queue
 *					out, until an empty message
 *	    floor::turns name		takes turns in the segment, until it is
 *					killed
 *	    floor::queue name		selects the queue of the next two
 *	    floor::send send message
 *	    floor::receive receive
 *	    floor::command name		creates a command that does nothing
 *	    floor::heap			returns the bytes that malloc(3) has
 *					allocated
 *	    floor::mark			marks where the count of instructions
 *					begins
 */

#include <tcl.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/futex.h>
#include <malloc.h>
#include <mqueue.h>
#include <pwd.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef TCL_SIZE_MAX
typedef int Tcl_Size;
#endif

#define MESSAGE_SIZE	64	/* bytes */
#define MEMORY_SIZE	(64 << 20)

/*
 * NothingCmd, IntegerCmd, SameCmd --
 *
 *	Commands that ignore their arguments.
 */

static int
NothingCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    (void) clientData;
    (void) interp;
    (void) objc;
    (void) objv;
    return TCL_OK;
}

static int
IntegerCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    (void) clientData;
    (void) objv;
    Tcl_SetObjResult(interp, Tcl_NewIntObj(objc));
    return TCL_OK;
}

static int
SameCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    (void) objc;
    (void) objv;
    Tcl_SetObjResult(interp, clientData);
    return TCL_OK;
}

/*
 * MemoryCmd --
 *
 *	Copies as many bytes as the last word says (read) or contains (write).
 */

static int
MemoryCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    unsigned char *memory = clientData;

    (void) objc;
    if (Tcl_GetString(objv[1])[0] == 'r') {
	int length;

	if (Tcl_GetIntFromObj(interp, objv[3], &length) != TCL_OK) {
	    return TCL_ERROR;
	}
	Tcl_SetObjResult(interp, Tcl_NewByteArrayObj(memory, length));
    } else {
	Tcl_Size length;
	const unsigned char *bytes = Tcl_GetByteArrayFromObj(objv[3], &length);

	memcpy(memory, bytes, (size_t) length);
    }
    return TCL_OK;
}

/*
 * Die --
 *
 *	Ends the program, because a system call that a measurement needs has
 *	failed.
 */

static void
Die(
    const char *call)
{
    perror(call);
    exit(1);
}

/*
 * Now --
 *
 *	Returns the current time in seconds.
 */

static double
Now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/*
 * TimeAcquire ... TimeList --
 *
 *	Make the system calls of an operation count times, on the named objects.
 *	Return how many seconds that took.
 */

static sem_t *
OpenSem(
    const char *name)
{
    sem_t *sem = sem_open(name, 0);

    if (sem == SEM_FAILED) {
	Die("sem_open");
    }
    return sem;
}

static double
TimeAcquire(
    long count,
    const char *const names[])
{
    sem_t *sem = OpenSem(names[0]);
    double began = Now(), ended;

    for (long i = 0; i < count; i++) {
	if (sem_wait(sem) != 0 || sem_post(sem) != 0) {
	    Die("sem_wait, sem_post");
	}
    }
    ended = Now();
    sem_close(sem);
    return ended - began;
}

static double
TimeValue(
    long count,
    const char *const names[])
{
    sem_t *sem = OpenSem(names[0]);
    double began = Now(), ended;

    for (long i = 0; i < count; i++) {
	int value;

	if (sem_getvalue(sem, &value) != 0) {
	    Die("sem_getvalue");
	}
    }
    ended = Now();
    sem_close(sem);
    return ended - began;
}

static double
TimeSize(
    long count,
    const char *const names[])
{
    int fd = shm_open(names[0], O_RDONLY, 0);
    double began = Now(), ended;

    for (long i = 0; i < count; i++) {
	if (lseek(fd, 0, SEEK_END) < 0) {
	    Die("lseek");
	}
    }
    ended = Now();
    close(fd);
    return ended - began;
}

static mqd_t
OpenMq(
    const char *name)
{
    mqd_t mqd = mq_open(name, O_RDWR);

    if (mqd == (mqd_t) -1) {
	Die("mq_open");
    }
    return mqd;
}

static void
Send(
    mqd_t mqd,
    const char *bytes)
{
    if (mq_send(mqd, bytes, MESSAGE_SIZE, 0) != 0) {
	Die("mq_send");
    }
}

static size_t
Receive(
    mqd_t mqd,
    char *bytes)
{
    ssize_t length = mq_receive(mqd, bytes, MESSAGE_SIZE, NULL);

    if (length < 0) {
	Die("mq_receive");
    }
    return (size_t) length;
}

static double
TimeRoundTrip(
    long count,
    const char *const names[])	/* of two queues; of one twice: a pair */
{
    mqd_t out = OpenMq(names[0]), in = OpenMq(names[1]);
    char message[MESSAGE_SIZE] = "";
    double began = Now(), ended;

    for (long i = 0; i < count; i++) {
	Send(out, message);
	Receive(in, message);
    }
    ended = Now();
    mq_close(in);
    mq_close(out);
    return ended - began;
}

/*
 * MapTurns, AwaitTurn, GiveTurn --
 *
 *	Two numbers in a segment. Each is changed by one process, while the
 *	other process waits for the change by futex(2).
 */

enum { THERE, BACK = 16 };	/* on two cache lines */

static _Atomic unsigned *
MapTurns(
    const char *name)
{
    int fd = shm_open(name, O_RDWR, 0);
    void *map = (fd < 0) ? MAP_FAILED : mmap(NULL, 4096,
	    PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (map == MAP_FAILED) {
	Die(name);
    }
    close(fd);
    return map;
}

static unsigned
AwaitTurn(
    _Atomic unsigned *word,
    unsigned before)
{
    unsigned now;

    while ((now = atomic_load(word)) == before) {
	syscall(SYS_futex, word, FUTEX_WAIT, before, NULL, NULL, 0);
    }
    return now;
}

static void
GiveTurn(
    _Atomic unsigned *word,
    unsigned turn)
{
    atomic_store(word, turn);
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static double
TimeTurns(
    long count,
    const char *const names[])
{
    _Atomic unsigned *words = MapTurns(names[0]);
    unsigned turn = atomic_load(words + BACK);
    double began = Now(), ended;

    for (long i = 0; i < count; i++) {
	GiveTurn(words + THERE, turn + 1);
	turn = AwaitTurn(words + BACK, turn);
    }
    ended = Now();
    munmap(words, 4096);
    return ended - began;
}

/*
 * TimeMutex, TimePermits --
 *
 *	Time the atomic operations that a free lock needs, with one permit and
 *	with many.
 */

static struct {
    _Alignas(128) _Atomic unsigned owner;
    _Alignas(128) _Atomic unsigned latch;
    _Alignas(128) _Atomic unsigned waiting;
    _Alignas(128) _Atomic unsigned used;
    _Alignas(128) _Atomic unsigned grant;
} lock;

static void
Change(
    _Atomic unsigned *word,
    unsigned from,
    unsigned to)
{
    if (!atomic_compare_exchange_strong(word, &from, to)) {
	Die("lock");
    }
}

static void
Ring(void)
{
    if (atomic_load(&lock.waiting) != 0) {
	Die("bell");
    }
}

static double
TimeMutex(
    long count,
    const char *const names[])
{
    double began = Now();

    (void) names;
    for (long i = 0; i < count; i++) {
	Change(&lock.owner, 0, 1);
	Change(&lock.owner, 1, 0);
	Ring();
    }
    return Now() - began;
}

static void
Grant(
    unsigned grant,
    unsigned used)
{
    Change(&lock.latch, 0, 1);
    atomic_store(&lock.grant, grant);
    atomic_store(&lock.used, used);
    atomic_exchange(&lock.latch, 0);
}

static double
TimePermits(
    long count,
    const char *const names[])
{
    double began = Now();

    (void) names;
    for (long i = 0; i < count; i++) {
	Grant(1, atomic_load(&lock.used) + 1);
	Grant(0, atomic_load(&lock.used) - 1);
	Ring();
    }
    return Now() - began;
}

static double
TimeOpenSem(
    long count,
    const char *const names[])
{
    double began = Now();

    for (long i = 0; i < count; i++) {
	sem_t *sem = sem_open(names[0], O_CREAT | O_EXCL, 0600, 0);

	if (sem == SEM_FAILED) {
	    Die("sem_open");
	}
	sem_close(sem);
	sem_unlink(names[0]);
    }
    return Now() - began;
}

static double
TimeOpenShm(
    long count,
    const char *const names[])
{
    double began = Now();

    for (long i = 0; i < count; i++) {
	int fd = shm_open(names[0], O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd < 0 || ftruncate(fd, 4096) != 0) {
	    Die("shm_open, ftruncate");
	}
	close(fd);
	shm_unlink(names[0]);
    }
    return Now() - began;
}

static double
TimeOpenMq(
    long count,
    const char *const names[])
{
    struct mq_attr limits = { .mq_maxmsg = 4, .mq_msgsize = MESSAGE_SIZE };
    double began = Now();

    for (long i = 0; i < count; i++) {
	mqd_t mqd = mq_open(names[0], O_RDWR | O_CREAT | O_EXCL, 0600,
		&limits);

	if (mqd == (mqd_t) -1) {
	    Die("mq_open");
	}
	mq_close(mqd);
	mq_unlink(names[0]);
    }
    return Now() - began;
}

/*
 * TimeList --
 *
 *	Times reading the facts about all semaphores: name, status, value, owner
 *	and group.
 */

static double
TimeList(
    long count,
    const char *const names[])
{
    double began = Now();

    (void) names;
    for (long i = 0; i < count; i++) {
	DIR *folder = opendir("/dev/shm");
	struct dirent *entry;

	while ((entry = readdir(folder)) != NULL) {
	    struct stat status;
	    int value, fd;

	    if (strncmp(entry->d_name, "sem.", 4) != 0) {
		continue;
	    }
	    fd = openat(dirfd(folder), entry->d_name, O_RDONLY);
	    if (fd < 0 || fstat(fd, &status) != 0
		    || read(fd, &value, sizeof(value)) < 0) {
		Die(entry->d_name);
	    }
	    close(fd);
	}
	closedir(folder);
    }
    return Now() - began;
}

static const struct {
    const char *calls;
    int names;
    double (*time)(long count, const char *const names[]);
} timed[] = {
    { "acquire",	1, TimeAcquire },
    { "value",		1, TimeValue },
    { "size",		1, TimeSize },
    { "roundTrip",	2, TimeRoundTrip },
    { "turns",		1, TimeTurns },
    { "mutex",		0, TimeMutex },
    { "permits",	0, TimePermits },
    { "openSem",	1, TimeOpenSem },
    { "openShm",	1, TimeOpenShm },
    { "openMq",		1, TimeOpenMq },
    { "list",		0, TimeList },
    { NULL, 0, NULL }
};

static int
SecondsCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    const char *names[2] = { NULL, NULL };
    int row, count;

    (void) clientData;
    if (objc < 3) {
	Tcl_WrongNumArgs(interp, 1, objv, "calls ?name ...? count");
	return TCL_ERROR;
    }
    if (Tcl_GetIndexFromObjStruct(interp, objv[1], timed, sizeof(*timed),
	    "calls", TCL_EXACT, &row) != TCL_OK
	    || Tcl_GetIntFromObj(interp, objv[objc - 1], &count) != TCL_OK) {
	return TCL_ERROR;
    }
    if (objc != 3 + timed[row].names) {
	Tcl_SetObjResult(interp, Tcl_NewStringObj("wrong # names", -1));
	return TCL_ERROR;
    }
    for (int i = 0; i < timed[row].names; i++) {
	names[i] = Tcl_GetString(objv[2 + i]);
    }
    Tcl_SetObjResult(interp, Tcl_NewDoubleObj(timed[row].time(count, names)));
    return TCL_OK;
}

/*
 * EchoCmd --
 *
 *	The other side of a round trip: floor::echo.
 */

static int
EchoCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    char message[MESSAGE_SIZE];
    mqd_t in, out;

    (void) clientData;
    if (objc != 3) {
	Tcl_WrongNumArgs(interp, 1, objv, "in out");
	return TCL_ERROR;
    }
    in = OpenMq(Tcl_GetString(objv[1]));
    out = OpenMq(Tcl_GetString(objv[2]));
    while (Receive(in, message) > 0) {
	Send(out, message);
    }
    mq_close(in);
    mq_close(out);
    return TCL_OK;
}

/*
 * TurnsCmd --
 *
 *	The other side of the turns, which runs until the process is killed.
 */

static int
TurnsCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    _Atomic unsigned *words;
    unsigned turn = 0;

    (void) clientData;
    if (objc != 2) {
	Tcl_WrongNumArgs(interp, 1, objv, "name");
	return TCL_ERROR;
    }
    words = MapTurns(Tcl_GetString(objv[1]));
    for (;;) {
	turn = AwaitTurn(words + THERE, turn);
	GiveTurn(words + BACK, turn);
    }
}

/*
 * HeapCmd --
 *
 *	Returns the number of bytes that malloc(3) has allocated and that were
 *	not freed.
 */

static int
HeapCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    struct mallinfo2 heap = mallinfo2();

    (void) clientData;
    (void) objc;
    (void) objv;
    Tcl_SetObjResult(interp,
	    Tcl_NewWideIntObj((Tcl_WideInt) (heap.uordblks + heap.hblkhd)));
    return TCL_OK;
}

/*
 * QueueCmd, SendCmd, ReceiveCmd --
 *
 *	The simplest possible commands that send and receive. They check
 *	nothing.
 */

static mqd_t chosenQueue;

static int
QueueCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    (void) clientData;
    (void) interp;
    (void) objc;
    chosenQueue = OpenMq(Tcl_GetString(objv[1]));
    return TCL_OK;
}

static int
SendCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    Tcl_Size length;

    (void) clientData;
    (void) interp;
    (void) objc;
    Send(chosenQueue, (char *) Tcl_GetByteArrayFromObj(objv[2], &length));
    return TCL_OK;
}

static int
ReceiveCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    unsigned char message[MESSAGE_SIZE];
    Tcl_Size length = (Tcl_Size) Receive(chosenQueue, (char *) message);
    Tcl_Obj *words[2] = {
	Tcl_NewByteArrayObj(message, length), Tcl_NewIntObj(0)
    };

    (void) clientData;
    (void) objc;
    (void) objv;
    Tcl_SetObjResult(interp, Tcl_NewListObj(2, words));
    return TCL_OK;
}

/*
 * CommandCmd --
 *
 *	Creates a command that does nothing.
 */

static int
CommandCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    (void) clientData;
    (void) objc;
    Tcl_CreateObjCommand(interp, Tcl_GetString(objv[1]), NothingCmd, NULL,
	    NULL);
    return TCL_OK;
}

/*
 * MarkCmd --
 *
 *	Marks where instructions.tcl begins to count instructions.
 */

static int
MarkCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    (void) clientData;
    (void) interp;
    (void) objc;
    (void) objv;
    return TCL_OK;
}

/*
 * DoublesCmd, ReadDoublesCmd, StructCmd --
 *
 *	The minimum that typed memory must do: make a list of doubles, read a
 *	list of doubles, or make a dict of keys and integers.
 */

static int
DoublesCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    static Tcl_Obj *values[1000];
    int count;

    (void) clientData;
    if (objc != 2 || Tcl_GetIntFromObj(interp, objv[1], &count) != TCL_OK
	    || count > 1000) {
	return TCL_ERROR;
    }
    for (int i = 0; i < count; i++) {
	values[i] = Tcl_NewDoubleObj(i * 1.5);
    }
    Tcl_SetObjResult(interp, Tcl_NewListObj(count, values));
    return TCL_OK;
}

static int
ReadDoublesCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    static double numbers[1000];
    Tcl_Obj **values;
    Tcl_Size count;

    (void) clientData;
    if (objc != 2 || Tcl_ListObjGetElements(interp, objv[1], &count, &values)
	    != TCL_OK || count > 1000) {
	return TCL_ERROR;
    }
    for (Tcl_Size i = 0; i < count; i++) {
	if (Tcl_GetDoubleFromObj(interp, values[i], &numbers[i]) != TCL_OK) {
	    return TCL_ERROR;
	}
    }
    return TCL_OK;
}

static int
StructCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    Tcl_Obj *dict = Tcl_NewDictObj();

    (void) clientData;
    for (int i = 1; i < objc; i++) {
	Tcl_DictObjPut(NULL, dict, objv[i], Tcl_NewWideIntObj(i));
    }
    Tcl_SetObjResult(interp, dict);
    return TCL_OK;
}

/*
 * Floor_Init, Empty_Init --
 *
 *	Called by load. Empty_Init initializes a package that does nothing.
 */

static const struct {
    const char *name;
    Tcl_ObjCmdProc *proc;
} commands[] = {
    { "::floor::nothing",	NothingCmd },
    { "::floor::integer",	IntegerCmd },
    { "::floor::seconds",	SecondsCmd },
    { "::floor::echo",		EchoCmd },
    { "::floor::turns",		TurnsCmd },
    { "::floor::queue",		QueueCmd },
    { "::floor::send",		SendCmd },
    { "::floor::receive",	ReceiveCmd },
    { "::floor::command",	CommandCmd },
    { "::floor::heap",		HeapCmd },
    { "::floor::mark",		MarkCmd },
    { "::floor::doubles",	DoublesCmd },
    { "::floor::readDoubles",	ReadDoublesCmd },
    { "::floor::struct",	StructCmd }
};

DLLEXPORT int
Floor_Init(
    Tcl_Interp *interp)
{
    unsigned char *memory = malloc(MEMORY_SIZE);
    Tcl_Obj *same;

    if (Tcl_InitStubs(interp, "8.6-", 0) == NULL || memory == NULL) {
	return TCL_ERROR;
    }
    memset(memory, 1, MEMORY_SIZE);
    same = Tcl_NewStringObj("/a-name", -1);
    Tcl_IncrRefCount(same);
    Tcl_CreateNamespace(interp, "::floor", NULL, NULL);
    Tcl_CreateObjCommand(interp, "::floor::same", SameCmd, same, NULL);
    Tcl_CreateObjCommand(interp, "::floor::memory", MemoryCmd, memory, NULL);
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
	Tcl_CreateObjCommand(interp, commands[i].name, commands[i].proc, NULL,
		NULL);
    }
    return TCL_OK;
}

DLLEXPORT int
Empty_Init(
    Tcl_Interp *interp)
{
    return (Tcl_InitStubs(interp, "8.6-", 0) == NULL) ? TCL_ERROR
	    : Tcl_PkgProvide(interp, "empty", "1.0");
}
