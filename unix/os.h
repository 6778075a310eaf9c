/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * os.h --
 *
 *	The only interface between generic/, which uses Tcl, and unix/, which
 *	uses POSIX. Nothing here depends on Tcl, and nothing in generic/
 *	includes an IPC header of the system.
 *
 *	Unless its comment says otherwise, a function returns 0 or an errno
 *	value; the contents of errno are undefined afterward. Names are
 *	NUL-terminated, in the system's encoding, and have passed OsCheckName.
 */

#ifndef OS_H
#define OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Time, in nanoseconds of a clock that nobody can set (CLOCK_MONOTONIC). A call
 * that may wait takes a timeout, after which it fails with ETIMEDOUT; with
 * OS_NOW it never waits. OS_NEVER means no timeout; only callers use it, and
 * pass on shorter slices.
 */

typedef int64_t OsTime;

#define OS_NOW		((OsTime) 0)
#define OS_NEVER	INT64_MAX
#define OS_SECOND	((OsTime) 1000000000)

OsTime	OsClock(void);

/*
 * OsAfter returns the moment that is a timeout after a given moment.
 */

static inline OsTime
OsAfter(
    OsTime moment,
    OsTime timeout)
{
    return (timeout < OS_NEVER - moment) ? moment + timeout : OS_NEVER;
}

/*
 * Forks. OsGetGeneration differs between a process and each child process
 * forked from it, and makes no system call: osThread.c. A child process leaves
 * alone what belongs to its parent.
 */

extern unsigned osGeneration;	/* for OsGetGeneration alone */

static inline unsigned
OsGetGeneration(void)
{
    return osGeneration;
}

/*
 * A family of objects. Everything particular to a family is in a file of its
 * own: osFamily.h.
 */

typedef struct OsFamily OsFamily;

/*
 * Called for each thread that is blocked on an object. A result other than 0
 * ends the listing and becomes its result.
 */

typedef int OsWaiterProc(void *data, pid_t pid, const char *command,
	    const char *operation);

extern const OsFamily osSemFamily, osShmFamily, osMqFamily, osLockFamily,
	osRingFamily, osTopicFamily;

/*
 * Facts about the system.
 */

typedef enum OsFact {
    OS_PAGE_SIZE,		/* bytes */
    OS_SEM_TIMEOUT_SUPPORTED,	/* 1 or 0: has sem_timedwait */
    OS_SEM_VALUE_SUPPORTED,	/* 1 or 0: has sem_getvalue */
    OS_SEM_VALUE_MAX,
    OS_MQ_SUPPORTED,		/* 1 or 0; if 0, all facts of queues are 0 */
    OS_MQ_MESSAGES_MAX,		/* messages of one queue */
    OS_MQ_MESSAGES_DEFAULT,
    OS_MQ_SIZE_MAX,		/* bytes of one message */
    OS_MQ_SIZE_DEFAULT,
    OS_MQ_PRIORITY_MAX,
    OS_MQ_QUEUES_MAX,		/* queues of the whole system */
    OS_MQ_BYTES_MAX,		/* bytes of all queues of one user */
    OS_MQ_BYTES_HARD,		/* the most that the user may raise it to */
    OS_FILES_MAX,		/* descriptors of this process */
    OS_FILE_BYTES_MAX,		/* bytes of a file, or of a segment */
    OS_SHM_BYTES_MAX,		/* bytes of all segments and semaphores */
    OS_SHM_FILES_MAX,		/* how many they can be together */
    OS_SIGNAL_MIN,		/* signals that are free for programs */
    OS_SIGNAL_MAX
} OsFact;

int	OsReadFact(OsFact fact, int64_t *valuePtr);

/*
 * OsGetFact returns a fact, or the system's initial value if it cannot be read.
 */

static inline int64_t
OsGetFact(
    OsFact fact)
{
    int64_t value;

    (void) OsReadFact(fact, &value);
    return value;
}

int	OsCheckName(const OsFamily *family, const char *name,
	    const char **whyPtr, size_t *mostPtr);

/*
 * If the C library keeps semaphores and segments under the same names (musl),
 * a call for one family must not touch the other: OsCheckFamily returns
 * EPROTOTYPE if the name belongs to an object of the other family, otherwise
 * 0.
 */

int	OsCheckFamily(const OsFamily *family, const char *name);

#define OS_RANDOM_NAME_SIZE 14	/* bytes, with the NUL: fits every system */

int	OsRandomName(char *name);

/*
 * Flags that modify an open. OS_EXCL is used only with OS_CREAT.
 */

#define OS_CREAT	1
#define OS_EXCL		2
#define OS_TRUNC	4

/*
 * Which object was opened, and whether this open created it: osObject.c. The
 * open function of a family fills it in; fd becomes -1 when the handle is
 * closed.
 */

typedef struct OsObject {
    const OsFamily *family;
    int fd;			/* a descriptor of the object, or -1 */
    bool created;
    dev_t device;
    ino_t inode;		/* 0: the system does not report it, or it
				 * was not needed yet */
} OsObject;

typedef struct OsOwnership {
    mode_t mode;		/* permission bits */
    uid_t uid;
    gid_t gid;
} OsOwnership;

void	OsNoteBeforeClose(OsObject *object);
int	OsCheckLink(const OsObject *object, const char *name);
int	OsStatObject(const OsObject *object, const char *name,
	    OsOwnership *ownership);
int	OsSetMode(const OsObject *object, const char *name, mode_t mode);
int	OsSetGroup(const OsObject *object, const char *name, gid_t gid);

/*
 * Named semaphores: sem_overview(7).
 */

typedef struct OsSem OsSem;

int	OsSemOpen(const char *name, int flags, mode_t mode, unsigned value,
	    OsObject *object, OsSem **semPtr);
int	OsSemClose(OsSem *sem);
extern const int64_t osSemSize;	/* bytes of a semaphore in a segment */
void	OsSemGetPlace(const OsSem *sem, int64_t *offsetPtr,
	    int64_t *segmentSizePtr);
int	OsSemUnlink(const char *name);
int	OsSemTryWait(OsSem *sem);
int	OsSemWait(OsSem *sem, OsTime timeout);
int	OsSemPost(OsSem *sem);
int	OsSemGetValue(OsSem *sem, int *valuePtr);

typedef struct OsWatch OsWatch;

/*
 * Shared memory: shm_overview(7).
 */

typedef struct OsShm OsShm;

typedef struct OsShmRequest {
    int flags;			/* OS_CREAT ... */
    mode_t mode;		/* of a new segment, before the umask */
    int64_t size;		/* bytes, or 0: as it is */
    int64_t minSize;		/* a smaller one grows to this many bytes; or
				 * 0 */
    bool reserve;		/* reserve memory for all of it now */
    bool readonly;
} OsShmRequest;

int	OsShmOpen(const char *name, const OsShmRequest *request,
	    OsObject *object, OsShm **shmPtr);
int	OsShmClose(OsShm *shm);
int	OsShmUnlink(const char *name);
int	OsShmGetSize(const OsShm *shm, int64_t *sizePtr);
int	OsShmResize(OsShm *shm, int64_t size);
int	OsShmRead(OsShm *shm, int64_t offset, void *bytes, size_t length);
int	OsShmWrite(OsShm *shm, int64_t offset, const void *bytes,
	    size_t length);

/*
 * Why a call on a lock, a ring or a topic has just failed with EBADMSG, or had
 * to wait.
 */

typedef struct OsTrouble {
    bool isGone;		/* corrupt for ever: truncated, or without its
				 * header */
    bool isStopped;		/* a process has stopped in the middle of a
				 * change */
    pid_t pid;			/* of that process; 0: not known here */
} OsTrouble;

/*
 * Locks that survive their owner: shared/osLock*.c. A lock has permits. A
 * handle can hold some of them, or all, which an argument of 0 permits means.
 *
 * Besides their own errors, all of these functions may return the following.
 * EBADMSG: the memory is corrupt, and the handle no longer holds anything.
 * EBUSY: a process is stopped inside an operation, and nothing has changed.
 * EOWNERDEAD: the lock is abandoned, because its owner, whose pid is stored,
 * died holding all permits, or gave the lock up.
 */

typedef struct OsSharedLock OsSharedLock;

#define OS_LOCK_TAKEOVER 1	/* take an abandoned lock too */
#define OS_LOCK_QUEUE	2	/* queue up if it must wait */
#define OS_LOCK_PENDING	4	/* the waiter is an event loop */

typedef struct OsLockState {
    uint32_t permits;
    uint32_t free;
    uint32_t held;		/* by this handle */
    uint32_t waiters;		/* blocked calls and pending ones */
    bool isAbandoned;		/* until a process makes it clean */
    pid_t deadPid;		/* of the owner that died or gave the lock up;
				 * 0: it was corrupt, or is not abandoned */
} OsLockState;

typedef int OsLockOwnerProc(void *data, pid_t pid, uint32_t permits);

int	OsLockOpen(const char *name, int flags, mode_t mode, uint32_t permits,
	    OsObject *object, OsSharedLock **lockPtr);
void	OsLockClose(OsSharedLock *lock, bool isClean);
int	OsLockUnlink(const char *name);
void	OsLockFindTrouble(OsSharedLock *lock, OsTrouble *trouble);
bool	OsLockTookOver(const OsSharedLock *lock);
int	OsLockTry(OsSharedLock *lock, uint32_t permits, int flags,
	    pid_t *deadPidPtr);
int	OsLockAcquire(OsSharedLock *lock, uint32_t permits, int flags,
	    OsTime timeout, pid_t *deadPidPtr);
int	OsLockShowPending(OsSharedLock *lock, uint32_t calls,
	    uint32_t permits);
void	OsLockLeaveLine(OsSharedLock *lock);
int	OsLockRelease(OsSharedLock *lock, bool abandon);
int	OsLockBeginWait(OsSharedLock *lock, bool isPending,
	    uint32_t *permitsPtr);
int	OsLockWait(OsSharedLock *lock, OsTime timeout, pid_t *deadPidPtr);
bool	OsLockEndWait(OsSharedLock *lock);
int	OsLockNotify(OsSharedLock *lock, size_t count, size_t *wokenPtr);
int	OsLockGetState(OsSharedLock *lock, OsLockState *state);
int	OsLockInspect(const char *name, OsLockState *state,
	    OsLockOwnerProc *ownerProc, OsWaiterProc *waiterProc,
	    void *data);

/*
 * Rings, message queues in shared memory: shared/osRing.c.
 *
 * Besides their own errors, all of these functions may return the following.
 * EBADMSG: the memory is corrupt, and the handle no longer has any taken
 * messages. EBUSY: a process is stopped inside an operation, and nothing has
 * changed; calls with a timeout wait for that process too.
 */

typedef struct OsRing OsRing;

typedef struct OsBytes {
    const void *bytes;
    size_t length;
} OsBytes;

/*
 * One message, or a list of messages (at most the number most), to be received
 * into memory: room bytes at the address bytes. If room is too small, the call
 * fails with EMSGSIZE, and length is the size that is needed.
 */

typedef struct OsRingMessage {
    void *bytes;
    size_t room;
    size_t length;
    uint64_t id;		/* of a taken message */
    uint32_t attempts;		/* how often it was taken, including now */
} OsRingMessage;

typedef struct OsRingList {
    size_t most;
    void *bytes;
    size_t room;
    size_t length;		/* bytes used */
    size_t count;		/* messages received */
} OsRingList;

typedef int OsRingPeekProc(void *data, const OsRingMessage *message);

typedef struct OsRingState {
    int64_t size;		/* bytes */
    int64_t messages;		/* that can be received */
    int64_t bytes;		/* total length of these messages */
    int64_t taken;		/* messages taken, by all handles */
    uint32_t waiters;		/* blocked calls and pending ones */
} OsRingState;

int	OsRingOpen(const char *name, int flags, mode_t mode, uint64_t size,
	    OsObject *object, OsRing **ringPtr);
void	OsRingClose(OsRing *ring);
int	OsRingUnlink(const char *name);
void	OsRingFindTrouble(OsRing *ring, OsTrouble *trouble);
uint64_t OsRingGetSize(const OsRing *ring);
uint64_t OsRingMeasure(const OsBytes *messages, size_t count);
int	OsRingSend(OsRing *ring, const OsBytes *messages, size_t count,
	    OsTime timeout);
int	OsRingReceive(OsRing *ring, OsRingMessage *message, OsTime timeout);
int	OsRingReceiveList(OsRing *ring, OsRingList *list, OsTime timeout);
const void *OsRingNextOf(const OsRingList *list, size_t *offsetPtr,
	    size_t *lengthPtr);
int	OsRingTake(OsRing *ring, OsRingMessage *message, OsTime timeout);
int	OsRingAck(OsRing *ring, uint64_t id);
int	OsRingRequeue(OsRing *ring, uint64_t id);
int	OsRingFinish(OsRing *ring, uint64_t id, bool isDone);
int	OsRingPoll(OsRing *ring);
int	OsRingGetState(OsRing *ring, OsRingState *state);
int	OsRingInspect(const char *name, OsRingState *state,
	    OsWaiterProc *waiterProc, void *data);
int	OsRingPeek(const char *name, size_t most, size_t longest,
	    OsRingPeekProc *proc, void *data);

/*
 * Topics, messages that every reader sees: shared/osTopic.c. EBADMSG: the
 * memory is corrupt. Unless it was truncated, this is reported once, and the
 * topic is empty afterward.
 */

typedef struct OsTopic OsTopic;

typedef enum OsTopicStart {	/* where a reader begins */
    OS_TOPIC_NEW,		/* with the next one to be published */
    OS_TOPIC_OLDEST,		/* with the oldest message that is there */
    OS_TOPIC_LATEST		/* with the newest */
} OsTopicStart;

typedef struct OsTopicRequest {
    int flags;			/* OS_CREAT ... */
    mode_t mode;		/* of a new topic, before the umask */
    uint64_t size;		/* bytes of its room */
    OsTopicStart start;
    bool readonly;
} OsTopicRequest;

typedef struct OsTopicMessage {
    void *bytes;		/* where it is to be stored */
    size_t room;		/* bytes there */
    size_t length;		/* of the message */
    uint64_t serial;		/* how many messages were published before it */
    uint64_t missed;		/* how many the reader missed just before it */
} OsTopicMessage;

typedef struct OsTopicState {
    uint64_t size;		/* bytes of room */
    uint64_t published;		/* messages, ever */
    uint64_t bytes;		/* of the messages that are still there */
} OsTopicState;

int	OsTopicOpen(const char *name, const OsTopicRequest *request,
	    OsObject *object, OsTopic **topicPtr);
void	OsTopicClose(OsTopic *topic);
int	OsTopicUnlink(const char *name);
void	OsTopicFindTrouble(OsTopic *topic, OsTrouble *trouble);
uint64_t OsTopicGetSize(const OsTopic *topic);
int	OsTopicPublish(OsTopic *topic, const void *bytes, size_t length);
int	OsTopicReceive(OsTopic *topic, OsTopicMessage *message,
	    OsTime timeout);
int	OsTopicReadLatest(OsTopic *topic, OsTopicMessage *message);
int	OsTopicGetState(OsTopic *topic, OsTopicState *state);
int	OsTopicInspect(const char *name, OsTopicState *state,
	    OsWaiterProc *proc, void *data);
bool	OsTopicIsReadable(OsTopic *topic);

/*
 * Single values in a segment: osMemory*.c. Sizes are 1, 2, 4 or 8 bytes. The
 * bits of a value are the low bits of a number; the higher bits are ignored in
 * arguments, and zero in results. A value is aligned if its offset is a
 * multiple of its size.
 */

typedef struct OsNumber {
    uint64_t magnitude;
    bool isNegative;
    bool isHuge;		/* needs more than 64 bits beside its sign */
} OsNumber;

typedef struct OsPiece {
    size_t offset;		/* bytes */
    size_t length;		/* bytes */
} OsPiece;

uint64_t OsGetBits(const void *bytes, size_t size);
void	OsPutBits(void *bytes, size_t size, uint64_t bits);
int	OsShmLoad(OsShm *shm, int64_t offset, size_t size, uint64_t *bitsPtr);
int	OsShmStore(OsShm *shm, int64_t offset, size_t size, uint64_t bits);
int	OsShmSwap(OsShm *shm, int64_t offset, size_t size, uint64_t bits,
	    uint64_t *foundPtr);
int	OsShmCompareSwap(OsShm *shm, int64_t offset, size_t size,
	    uint64_t expected, uint64_t bits, bool *isStoredPtr);
int	OsShmAdd(OsShm *shm, int64_t offset, size_t size, bool isSigned,
	    const OsNumber *amount, uint64_t *bitsPtr);
int	OsShmWritePieces(OsShm *shm, int64_t offset, size_t size,
	    const void *bytes, const OsPiece *pieces, size_t count);
int	OsShmWait(OsShm *shm, int64_t offset, int32_t value, OsTime timeout,
	    int32_t *foundPtr);
int	OsShmWake(OsShm *shm, int64_t offset, int count, int *wokenPtr);

typedef struct OsShmWaiter OsShmWaiter;

int	OsSemAt(OsShm *shm, int64_t offset, const unsigned *valuePtr,
	    OsObject *object, OsSem **semPtr);
int	OsShmWaitLater(OsShm *shm, int64_t offset, int32_t value,
	    OsWatch *watch, void *data, OsShmWaiter **waiterPtr);
void	OsShmDropWaiter(OsShmWaiter *waiter);

/*
 * Message queues: mq_overview(7).
 */

typedef struct OsMq OsMq;

typedef struct OsMqLimits {
    long maxMessages;		/* messages the queue can hold */
    long maxMessageSize;	/* bytes of one message */
} OsMqLimits;

int	OsMqOpen(const char *name, int flags, mode_t mode, bool read,
	    bool write, const OsMqLimits *limits, OsObject *object,
	    OsMq **mqPtr);
int	OsMqClose(OsMq *mq);
int	OsMqUnlink(const char *name);
int	OsMqDescriptor(const OsMq *mq);
const OsMqLimits *OsMqGetLimits(const OsMq *mq);
int	OsMqGetDepth(const OsMq *mq, long *messagesPtr);
int	OsMqSend(OsMq *mq, const void *bytes, size_t length,
	    unsigned priority, OsTime timeout);
int	OsMqReceive(OsMq *mq, void *bytes, size_t *lengthPtr,
	    unsigned *priorityPtr, OsTime timeout);

/*
 * A watch collects all events that an event loop waits for: osWatch.c. It has
 * one descriptor, which is readable while there is an event to report;
 * OsWatchNext reports the events. A watch belongs to the thread that opened it.
 */

#define OS_READABLE	1	/* a queue has a message */
#define OS_WRITABLE	2	/* a queue has room */
#define OS_POSTED	4	/* a unit was fetched, or a notification came */

typedef struct OsWatchEvent {
    void *data;			/* as given to the call that began to watch */
    int events;			/* OS_READABLE ... */
} OsWatchEvent;

int	OsWatchOpen(OsWatch **watchPtr);
bool	OsWatchIsOurs(const OsWatch *watch);
bool	OsWatchReserve(OsWatch *watch);
void	OsWatchRelease(OsWatch *watch);
void	OsWatchClose(OsWatch *watch);
int	OsWatchDescriptor(const OsWatch *watch);
size_t	OsWatchNext(OsWatch *watch, OsWatchEvent *events, size_t room);
int	OsWatchWakeAt(OsWatch *watch, OsTime moment);
void	OsWatchResume(OsWatch *watch);

int	OsSemFetch(OsSem *sem, OsWatch *watch, void *data, int units);
int	OsSemTakeFetched(OsSem *sem);

int	OsLockWatch(OsSharedLock *lock, OsWatch *watch, void *data);
int	OsTopicWatch(OsTopic *topic, OsWatch *watch, void *data);

int	OsRingWatch(OsRing *ring, OsWatch *watch, int events, void *data);
void	OsRingSetPending(OsRing *ring, size_t count);

int	OsMqWatch(OsMq *mq, OsWatch *watch, int events, void *data);
int	OsMqNotifyWatch(OsMq *mq, OsWatch *watch, void *data);
int	OsMqNotifySignal(OsMq *mq, int signal);
int	OsMqNotifyCancel(OsMq *mq);
bool	OsMqTakeNotification(OsMq *mq);

int	OsFindSignal(const char *name);
bool	OsHasRestartingHandler(void);
void	OsGetUserName(uid_t uid, char *name, size_t size);
void	OsGetGroupName(gid_t gid, char *name, size_t size);
int	OsFindGroup(const char *name, gid_t *gidPtr);

/*
 * Finding out what exists in the system: osFamily.c, linux/osHolders.c. ENOSYS:
 * the system provides no way to do this. A proc is called once for each object,
 * process or thread found. It returns 0, or an errno value, which ends the
 * search and becomes its result.
 */

#define OS_INFO_SIZE	1	/* which of the following are known */
#define OS_INFO_VALUE	2
#define OS_INFO_QUEUE	4
#define OS_INFO_FILE	8
#define OS_INFO_WAITERS	16

typedef struct OsInfo {
    dev_t device;		/* which file it is */
    ino_t inode;
    mode_t mode;		/* permission bits */
    uid_t uid;
    gid_t gid;
    int64_t mtime;		/* seconds since 1970 */
    int known;			/* OS_INFO_SIZE ... */
    int64_t size;		/* bytes of a segment */
    int value;			/* of a semaphore */
    int waiters;		/* threads blocked on it */
    OsMqLimits limits;		/* of a queue */
    long messages;		/* in a queue */
    int64_t bytes;		/* of these messages: with OS_INFO_FILE */
    pid_t notifyPid;		/* the registered process, or 0: likewise */
} OsInfo;

typedef int OsNameProc(void *data, const char *name);
typedef int OsHolderProc(void *data, const char *name, pid_t pid,
	    const char *command);

typedef struct OsProcesses {
    const pid_t *pids;
    size_t count;
} OsProcesses;

int	OsListNames(const OsFamily *family, OsNameProc *proc, void *data);
int	OsGetInfo(const OsFamily *family, const char *name, OsInfo *info);
int	OsListHolders(const OsFamily *family, const char *name,
	    const OsProcesses *chosen, bool *completePtr, OsHolderProc *proc,
	    void *data);
int	OsListWaiters(const OsFamily *family, const char *name,
	    OsWaiterProc *proc, void *data);

/*
 * Finds the system limit that a call has reached if it failed with err. Returns
 * false if no such limit is known. limits are those of a new queue, or NULL.
 */

bool	OsFindLimit(const OsFamily *family, int err, const OsMqLimits *limits,
	    OsFact *factPtr);

#endif /* OS_H */
