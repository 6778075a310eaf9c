/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * calls.h --
 *
 *	Every function of the C library that this package's library calls, for
 *	faults.c. Calls that only some builds make are under the same condition
 *	as in unix/.
 *
 *	CALL(name, how, errors): the call can fail in this way, with these errno
 *	values. They are those of its manual page (man-pages 6.03, sections 2
 *	and 3). If that page refers to another page, as fopen(3) refers to
 *	open(2), they are the likely ones of the other page. ESRCH comes from
 *	the files of a process that has ended: proc(5). SAFE(name, reason): the
 *	call cannot fail, for this reason.
 *
 *	How:
 *	MINUS	returns -1 and has done nothing
 *	NIL	returns NULL and has done nothing
 *	BLOCK	as NIL; on success it returns memory to be freed
 *	LINE	returns -1 and has done nothing; its first argument is the
 *		address of a pointer to memory to be freed, or of NULL
 *	CODE	returns the errno value and has done nothing
 *	GONE	returns -1 and has done its work nevertheless: close(2),
 *		"Dealing with error returns from close()". If eventfd_write
 *		fails with EAGAIN, the descriptor is already readable
 */

/* Memory */
CALL(malloc, BLOCK, ENOMEM)
CALL(calloc, BLOCK, ENOMEM)
CALL(realloc, BLOCK, ENOMEM)
CALL(mmap, MINUS, EACCES, EAGAIN, EBADF, EEXIST, EINVAL, ENFILE, ENODEV, ENOMEM, EOVERFLOW, EPERM, ETXTBSY)
CALL(munmap, GONE, EINVAL, ENOMEM)
SAFE(free, "returns nothing")

/* Semaphores */
CALL(sem_open, NIL, EACCES, EEXIST, EINVAL, EMFILE, ENAMETOOLONG, ENFILE, ENOENT, ENOMEM)
CALL(sem_close, GONE, EINVAL)
CALL(sem_unlink, MINUS, EACCES, ENAMETOOLONG, ENOENT)
CALL(sem_post, MINUS, EINVAL, EOVERFLOW)
CALL(sem_trywait, MINUS, EAGAIN, EINTR, EINVAL)
#if defined(HAVE_SEM_CLOCKWAIT)
CALL(sem_clockwait, MINUS, EINTR, EINVAL, ETIMEDOUT)
#elif defined(HAVE_SEM_TIMEDWAIT)
CALL(sem_timedwait, MINUS, EINTR, EINVAL, ETIMEDOUT)
#endif
CALL(sem_getvalue, MINUS, EINVAL)
CALL(sem_init, MINUS, EINVAL, ENOSYS)
SAFE(sem_destroy, "the semaphore is valid, and no other thread uses it")

/* Shared memory */
CALL(shm_open, MINUS, EACCES, EEXIST, EINVAL, EMFILE, ENAMETOOLONG, ENFILE, ENOENT)
CALL(shm_unlink, MINUS, EACCES, ENOENT)
CALL(posix_fallocate, CODE, EBADF, EFBIG, EINTR, EINVAL, ENODEV, ENOSPC, ESPIPE)
CALL(ftruncate, MINUS, EACCES, EBADF, EFAULT, EFBIG, EINTR, EINVAL, EIO, EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR,
	EPERM, EROFS, ETXTBSY)

#ifdef OS_IS_LINUX
CALL(fallocate, MINUS, EBADF, EFBIG, EINTR, EINVAL, EIO, ENODEV, ENOSPC, ENOSYS, EOPNOTSUPP, EPERM, ESPIPE, ETXTBSY)
CALL(linkat, MINUS, EACCES, EDQUOT, EEXIST, EFAULT, EIO, ELOOP, EMLINK, ENAMETOOLONG, ENOENT, ENOMEM, ENOSPC, ENOTDIR,
	EPERM, EROFS, EXDEV)
CALL(faccessat, MINUS, EACCES, EBADF, EFAULT, EINVAL, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR, EPERM, EROFS,
	ETXTBSY)
CALL(unlink, MINUS, EACCES, EBUSY, EFAULT, EIO, EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR, EPERM, EROFS)
SAFE(dup3, "replaces an open descriptor, in a child process")
#endif

/* Files, permissions and owners */
CALL(stat, MINUS, EACCES, EBADF, EFAULT, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR, EOVERFLOW)
CALL(open, MINUS, EACCES, EBADF, EBUSY, EDQUOT, EEXIST, EFAULT, EFBIG, EINTR, EINVAL, EISDIR, ELOOP, EMFILE,
	ENAMETOOLONG, ENFILE, ENODEV, ENOENT, ENOMEM, ENOSPC, ENOTDIR, ENXIO, EOPNOTSUPP, EOVERFLOW, EPERM, EROFS,
	ETXTBSY, EAGAIN)
CALL(fchmod, MINUS, EBADF, EIO, EPERM, EROFS)
CALL(fchown, MINUS, EBADF, EIO, ENOENT, EPERM, EROFS)
CALL(getpwuid_r, CODE, EINTR, EIO, EMFILE, ENFILE, ENOMEM, ERANGE)
CALL(getgrgid_r, CODE, EINTR, EIO, EMFILE, ENFILE, ENOMEM, ERANGE)
CALL(getgrnam_r, CODE, EINTR, EIO, EMFILE, ENFILE, ENOMEM, ERANGE)

/* Message queues */
CALL(mq_open, MINUS, EACCES, EEXIST, EINVAL, EMFILE, ENAMETOOLONG, ENFILE, ENOENT, ENOMEM, ENOSPC)
CALL(mq_close, GONE, EBADF)
CALL(mq_unlink, MINUS, EACCES, ENAMETOOLONG, ENOENT)
CALL(mq_getattr, MINUS, EBADF, EINVAL)
CALL(mq_notify, MINUS, EBADF, EBUSY, EINVAL, ENOMEM)
CALL(mq_timedsend, MINUS, EAGAIN, EBADF, EINTR, EINVAL, EMSGSIZE, ETIMEDOUT)
CALL(mq_timedreceive, MINUS, EAGAIN, EBADF, EINTR, EINVAL, EMSGSIZE, ETIMEDOUT)

/* Files. fcntl is F_DUPFD_CLOEXEC, F_SETFD, F_SETFL. */
CALL(close, GONE, EBADF, EDQUOT, EINTR, EIO, ENOSPC)
CALL(read, MINUS, EAGAIN, EBADF, EFAULT, EINTR, EINVAL, EIO, EISDIR, ESRCH)
CALL(lseek, MINUS, EBADF, EINVAL, ENXIO, EOVERFLOW, ESPIPE)
CALL(fcntl, MINUS, EBADF, EINVAL, EMFILE, EPERM)
CALL(fstat, MINUS, EACCES, EBADF, EFAULT, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR, EOVERFLOW)
CALL(fstatvfs, MINUS, EACCES, EBADF, EFAULT, EINTR, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOSYS, ENOTDIR,
	EOVERFLOW)

/* Events. A write that fails with EAGAIN has found the pipe full, and so
   readable. */
#ifdef HAVE_EPOLL_CREATE1
CALL(epoll_create1, MINUS, EINVAL, EMFILE, ENFILE, ENOMEM)
CALL(epoll_ctl, MINUS, EBADF, EEXIST, EINVAL, ELOOP, ENOENT, ENOMEM, ENOSPC, EPERM)
CALL(epoll_wait, MINUS, EBADF, EFAULT, EINTR, EINVAL)
#endif
#if defined(HAVE_EPOLL_CREATE1) && defined(HAVE_EVENTFD) && defined(HAVE_TIMERFD_CREATE)
CALL(eventfd, MINUS, EINVAL, EMFILE, ENFILE, ENODEV, ENOMEM)
CALL(eventfd_read, MINUS, EAGAIN, EINVAL)
CALL(eventfd_write, GONE, EAGAIN)
CALL(timerfd_create, MINUS, EINVAL, EMFILE, ENFILE, ENODEV, ENOMEM, EPERM)
CALL(timerfd_settime, MINUS, EBADF, ECANCELED, EFAULT, EINVAL)
#else
CALL(pipe, MINUS, EFAULT, EINVAL, EMFILE, ENFILE)
CALL(poll, MINUS, EFAULT, EINTR, EINVAL, ENOMEM)
CALL(write, MINUS, EBADF, EDESTADDRREQ, EDQUOT, EFAULT, EFBIG, EINTR, EINVAL, EIO, ENOSPC, EPERM, EPIPE)
SAFE(pthread_mutex_destroy, "no thread holds the mutex, or a thread of the parent process does")
#endif

/* Calls by which Linux reports its objects. syscall is fsopen(2), fsconfig(2),
   fsmount(2), mq_notify(2). */
#ifdef OS_IS_LINUX
CALL(pread, MINUS, EAGAIN, EBADF, EFAULT, EINTR, EINVAL, EIO, EISDIR, ENXIO, EOVERFLOW, ESPIPE)
CALL(openat, MINUS, EACCES, EBADF, EBUSY, EDQUOT, EEXIST, EFAULT, EFBIG, EINTR, EINVAL, EISDIR, ELOOP, EMFILE,
	ENAMETOOLONG, ENFILE, ENODEV, ENOENT, ENOMEM, ENOSPC, ENOTDIR, ENXIO, EOPNOTSUPP, EOVERFLOW, EPERM, EROFS,
	ETXTBSY, EAGAIN)
CALL(statx, MINUS, EACCES, EBADF, EFAULT, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR)
CALL(access, MINUS, EACCES, EFAULT, EINVAL, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR, EPERM, EROFS, ETXTBSY)
CALL(process_vm_readv, MINUS, EFAULT, EINVAL, ENOMEM, EPERM, ESRCH)
CALL(fstatat, MINUS, EACCES, EBADF, EFAULT, EINVAL, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR, EOVERFLOW)
CALL(fstatfs, MINUS, EACCES, EBADF, EFAULT, EINTR, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOSYS, ENOTDIR,
	EOVERFLOW)
CALL(statfs, MINUS, EACCES, EBADF, EFAULT, EINTR, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOSYS, ENOTDIR,
	EOVERFLOW)
CALL(statvfs, MINUS, EACCES, EBADF, EFAULT, EINTR, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOSYS, ENOTDIR,
	EOVERFLOW)
CALL(readlinkat, MINUS, EACCES, EBADF, EFAULT, EINVAL, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR)
CALL(fopen, NIL, EINVAL, EACCES, EINTR, EMFILE, ENFILE, ENOENT, ENOMEM)
CALL(fdopen, NIL, EINVAL, ENOMEM)
CALL(fclose, GONE, EBADF, EINTR, EIO)
CALL(fgets, NIL, EIO, EINTR)
CALL(__getdelim, LINE, EINVAL, ENOMEM, EIO, ESRCH)
CALL(opendir, NIL, EACCES, EBADF, EMFILE, ENFILE, ENOENT, ENOMEM, ENOTDIR)
CALL(fdopendir, NIL, EACCES, EBADF, EMFILE, ENFILE, ENOENT, ENOMEM, ENOTDIR)
CALL(readdir, NIL, EBADF)
SAFE(dirfd, "gets a stream from opendir")
CALL(closedir, GONE, EBADF)
CALL(setmntent, NIL, EINVAL, EACCES, EINTR, EMFILE, ENFILE, ENOENT, ENOMEM)
CALL(getmntent_r, NIL, EIO)
SAFE(endmntent, "always returns 1")
SAFE(feof, "looks at a stream")
CALL(socket, MINUS, EACCES, EAFNOSUPPORT, EINVAL, EMFILE, ENFILE, ENOBUFS, ENOMEM, EPROTONOSUPPORT)
CALL(recv, MINUS, EAGAIN, EBADF, ECONNREFUSED, EFAULT, EINTR, EINVAL, ENOMEM, ENOTCONN, ENOTSOCK)
CALL(syscall, MINUS, EACCES, EBADF, EBUSY, EINVAL, EMFILE, ENFILE, ENODEV, ENOMEM, ENOSYS, EPERM)
CALL(strdup, BLOCK, ENOMEM)
SAFE(stpcpy, "copies")
SAFE(strverscmp, "looks at text")
SAFE(__isoc99_sscanf, "parses text from the kernel; a value that it does not find stays unchanged")
SAFE(gnu_get_libc_version, "returns text")
SAFE(sched_yield, "always succeeds on Linux")
CALL(chmod, MINUS, EACCES, EFAULT, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR, EPERM, EROFS)
CALL(chown, MINUS, EACCES, EFAULT, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOTDIR, EPERM, EROFS)
#else
SAFE(chmod, "is not called: the path of a semaphore is not known")
SAFE(chown, "is not called, for the same reason as chmod")
#endif

/* Processes, threads, signals */
CALL(sigaction, MINUS, EFAULT, EINVAL)
CALL(pthread_create, CODE, EAGAIN, EINVAL, EPERM)
CALL(getrlimit, MINUS, EFAULT, EINVAL)
CALL(getentropy, MINUS, EFAULT, EIO, ENOSYS)
SAFE(geteuid, "always succeeds")
SAFE(getpid, "always succeeds")
SAFE(kill, "sends this process a signal that mq_notify has accepted")
SAFE(raise, "sends this thread the signal that it is handling")
SAFE(sysconf, "asks for a value that every Linux has")
SAFE(clock_gettime, "reads the two clocks that every Linux has")
SAFE(sigfillset, "changes a set in memory")
SAFE(sigdelset, "gets signals that exist")
SAFE(pthread_sigmask, "gets one of the three valid modes")
SAFE(__sigsetjmp, "returns 0, and later the value given to siglongjmp")
SAFE(nanosleep, "only pauses between two checks; a signal may shorten it")
SAFE(siglongjmp, "does not return")
SAFE(pthread_setcancelstate, "gets one of the two valid states")
SAFE(pthread_cancel, "gets a thread that was started and not joined; libgcc_s is loaded")
SAFE(pthread_join, "gets a thread that was started and not joined")
SAFE(pthread_once, "always succeeds")
SAFE(pthread_mutex_init, "always succeeds in glibc")
SAFE(pthread_mutex_lock, "the mutex is recursive, and is locked at most twice")
SAFE(pthread_mutex_unlock, "the caller owns the mutex")
SAFE(pthread_mutexattr_init, "always succeeds in glibc")
SAFE(pthread_mutexattr_settype, "gets one of the valid types")
SAFE(pthread_mutexattr_destroy, "always succeeds in glibc")
SAFE(__register_atfork, "pthread_atfork(3), called a few times: glibc has static room for 48")
SAFE(__libc_current_sigrtmin, "returns a number")
SAFE(__libc_current_sigrtmax, "returns a number")

/* Text and memory of the caller */
SAFE(memcpy, "copies")
SAFE(memcmp, "looks at memory")
SAFE(memset, "fills")
SAFE(qsort, "sorts in place if it gets no memory")
SAFE(snprintf, "writes numbers and short text into memory")
SAFE(strchr, "looks at text")
SAFE(strcmp, "looks at text")
SAFE(strcspn, "looks at text")
SAFE(strlen, "looks at text")
SAFE(strncmp, "looks at text")
SAFE(strpbrk, "looks at text")
SAFE(strspn, "looks at text")
SAFE(strstr, "looks at text")
SAFE(strrchr, "looks at text")
SAFE(strtol, "returns a value even if the text is no number, or too large a one")
SAFE(strtoll, "like strtol")
SAFE(strtoul, "like strtol")
SAFE(strtoull, "like strtol")

/* Calls that the compiler and the linker insert */
SAFE(__errno_location, "returns an address")
SAFE(__stack_chk_fail, "does not return")
SAFE(__cxa_finalize, "returns nothing")
SAFE(__gmon_start__, "is a weak symbol that is not defined")
SAFE(_ITM_deregisterTMCloneTable, "is a weak symbol that is not defined")
SAFE(_ITM_registerTMCloneTable, "is a weak symbol that is not defined")
