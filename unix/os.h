/*
 * os.h --
 *
 *	The one interface between generic/, which speaks Tcl, and unix/, which
 *	speaks POSIX. Nothing here knows of Tcl, and nothing above it includes
 *	a header of the system's IPC.
 *
 *	Unless its comment says otherwise, a function returns 0 or an errno
 *	value; errno itself means nothing afterwards. Names are NUL-terminated,
 *	in the system's encoding, and have passed OsCheckName.
 */

#ifndef OS_H
#define OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Time, in nanoseconds of a clock that nobody can set (CLOCK_MONOTONIC).
 * A call that may wait takes for how long at most, and then gives up with
 * ETIMEDOUT; with OS_NOW it never waits. OS_NEVER stands for no such limit; it
 * is for the callers, who wait for short times again and again.
 */

typedef int64_t OsTime;

#define OS_NOW		((OsTime) 0)
#define OS_NEVER	INT64_MAX
#define OS_SECOND	((OsTime) 1000000000)

OsTime	OsClock(void);

/*
 * What an object is, and what can be known about the system.
 */

typedef enum OsFamily { OS_SEM, OS_SHM, OS_MQ } OsFamily;

typedef enum OsFact {
    OS_PAGE_SIZE,		/* bytes */
    OS_SEM_TIMEOUT_SUPPORTED,	/* 1 or 0: has sem_timedwait */
    OS_SEM_VALUE_SUPPORTED,	/* 1 or 0: has sem_getvalue */
    OS_SEM_VALUE_MAX,
    OS_MQ_SUPPORTED,		/* 1 or 0; 0 makes the other facts of queues 0 */
    OS_MQ_MESSAGES_MAX,		/* messages of one queue */
    OS_MQ_MESSAGES_DEFAULT,
    OS_MQ_SIZE_MAX,		/* bytes of one message */
    OS_MQ_SIZE_DEFAULT,
    OS_MQ_PRIORITY_MAX,
    OS_MQ_QUEUES_MAX,		/* queues of the whole system */
    OS_MQ_BYTES_MAX,		/* bytes of all queues of one user */
    OS_FILES_MAX,		/* descriptors of this process */
    OS_FILE_BYTES_MAX,		/* bytes of a file, or of a segment */
    OS_SHM_BYTES_MAX,		/* bytes of all segments and semaphores */
    OS_SIGNAL_MIN,		/* signals that are free for programs */
    OS_SIGNAL_MAX
} OsFact;

int	OsReadFact(OsFact fact, int64_t *valuePtr);
int64_t	OsGetFact(OsFact fact);

int	OsCheckName(OsFamily family, const char *name, const char **whyPtr);

#define OS_RANDOM_NAME_SIZE 14	/* bytes, the NUL included: every system has room */

int	OsRandomName(char *name);

/*
 * What an open may do beside opening. OS_EXCL comes with OS_CREAT alone.
 */

#define OS_CREAT	1
#define OS_EXCL		2
#define OS_TRUNC	4

/*
 * Named semaphores: sem_overview(7).
 */

typedef struct OsSem OsSem;

int	OsSemOpen(const char *name, int flags, mode_t mode, unsigned value,
	    OsSem **semPtr);
int	OsSemClose(OsSem *sem);
int	OsSemUnlink(const char *name);
int	OsSemTryWait(OsSem *sem);
int	OsSemWait(OsSem *sem, OsTime timeout);
int	OsSemPost(OsSem *sem);
int	OsSemGetValue(OsSem *sem, int *valuePtr);

/*
 * Shared memory: shm_overview(7).
 */

typedef struct OsShm OsShm;

int	OsShmOpen(const char *name, int flags, mode_t mode, int64_t size,
	    bool readonly, OsShm **shmPtr);
int	OsShmClose(OsShm *shm);
int	OsShmUnlink(const char *name);
int	OsShmDescriptor(const OsShm *shm);
int	OsShmGetSize(const OsShm *shm, int64_t *sizePtr);
int	OsShmResize(OsShm *shm, int64_t size);
int	OsShmRead(OsShm *shm, int64_t offset, void *bytes, size_t length);
int	OsShmWrite(OsShm *shm, int64_t offset, const void *bytes,
	    size_t length);

/*
 * Message queues: mq_overview(7).
 */

typedef struct OsMq OsMq;

typedef struct OsMqLimits {
    long maxMessages;		/* messages the queue can hold */
    long maxMessageSize;	/* bytes of one message */
} OsMqLimits;

int	OsMqOpen(const char *name, int flags, mode_t mode, bool read,
	    bool write, const OsMqLimits *limits, OsMq **mqPtr);
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
 * What an event loop waits for: osWatch.c. A watch has one descriptor that
 * is readable while something it watches has happened; OsWatchNext tells
 * what. All of it belongs to the thread that opened it.
 */

#define OS_READABLE	1	/* a queue has a message */
#define OS_WRITABLE	2	/* a queue has room */
#define OS_POSTED	4	/* a unit was fetched, or a notice has come */

typedef struct OsWatch OsWatch;

typedef struct OsWatchEvent {
    void *data;			/* as it was given with what happened */
    int events;			/* OS_READABLE ... */
} OsWatchEvent;

int	OsWatchOpen(OsWatch **watchPtr);
bool	OsWatchIsOurs(const OsWatch *watch);
void	OsWatchClose(OsWatch *watch);
int	OsWatchDescriptor(const OsWatch *watch);
size_t	OsWatchNext(OsWatch *watch, OsWatchEvent *events, size_t room);
int	OsWatchWakeAt(OsWatch *watch, OsTime moment);
void	OsWatchResume(OsWatch *watch);

int	OsSemFetch(OsSem *sem, OsWatch *watch, void *data, int units);
int	OsSemTakeFetched(OsSem *sem);

int	OsMqWatch(OsMq *mq, OsWatch *watch, int events, void *data);
int	OsMqNotifyWatch(OsMq *mq, OsWatch *watch, void *data);
int	OsMqNotifySignal(OsMq *mq, int signal);
int	OsMqNotifyCancel(OsMq *mq);
bool	OsMqTakeNotice(OsMq *mq);

int	OsFindSignal(const char *name);
void	OsGetUserName(uid_t uid, char *name, size_t size);
void	OsGetGroupName(gid_t gid, char *name, size_t size);

/*
 * What is in the system: osCatalog.c, osHolders.c, osQueues.c. ENOSYS, where
 * there is no way to know. A proc is called once for each thing found, and
 * returns 0, or an errno value that ends it and is returned.
 */

#define OS_INFO_SIZE	1	/* which of the following are known */
#define OS_INFO_VALUE	2
#define OS_INFO_QUEUE	4
#define OS_INFO_FILE	8

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
    OsMqLimits limits;		/* of a queue, and */
    long messages;		/* that are in it */
    int64_t bytes;		/* that those have; with OS_INFO_FILE, and */
    pid_t notifyPid;		/* who is registered, or 0 */
} OsInfo;

typedef int OsNameProc(void *data, const char *name);
typedef int OsHolderProc(void *data, const char *name, pid_t pid,
	    const char *command);

typedef struct OsProcesses {
    const pid_t *pids;
    size_t count;
} OsProcesses;

int	OsListNames(OsFamily family, OsNameProc *proc, void *data);
int	OsGetInfo(OsFamily family, const char *name, OsInfo *info);
int	OsListHolders(OsFamily family, const char *name,
	    const OsProcesses *chosen, OsHolderProc *proc, void *data);

/*
 * Which limit of the system a call ran into that failed with err; false:
 * none that is known. limits are those of a new queue, or NULL.
 */

bool	OsFindLimit(OsFamily family, int err, const OsMqLimits *limits,
	    OsFact *factPtr);

#endif /* OS_H */
