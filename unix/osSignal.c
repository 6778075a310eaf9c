/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osSignal.c --
 *
 *	Names and handlers of signals: signal(7).
 */

#include "os.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int signal;
} signals[] = {
    { "SIGABRT", SIGABRT }, { "SIGALRM", SIGALRM }, { "SIGBUS", SIGBUS },
    { "SIGCHLD", SIGCHLD }, { "SIGCONT", SIGCONT }, { "SIGFPE", SIGFPE },
    { "SIGHUP", SIGHUP }, { "SIGILL", SIGILL }, { "SIGINT", SIGINT },
    { "SIGKILL", SIGKILL }, { "SIGPIPE", SIGPIPE }, { "SIGPROF", SIGPROF },
    { "SIGQUIT", SIGQUIT }, { "SIGSEGV", SIGSEGV }, { "SIGSTOP", SIGSTOP },
    { "SIGSYS", SIGSYS }, { "SIGTERM", SIGTERM }, { "SIGTRAP", SIGTRAP },
    { "SIGTSTP", SIGTSTP }, { "SIGTTIN", SIGTTIN }, { "SIGTTOU", SIGTTOU },
    { "SIGURG", SIGURG }, { "SIGUSR1", SIGUSR1 }, { "SIGUSR2", SIGUSR2 },
    { "SIGVTALRM", SIGVTALRM }, { "SIGXCPU", SIGXCPU },
    { "SIGXFSZ", SIGXFSZ },
#ifdef SIGIO
    { "SIGIO", SIGIO },
#endif
#ifdef SIGPOLL
    { "SIGPOLL", SIGPOLL },
#endif
#ifdef SIGWINCH
    { "SIGWINCH", SIGWINCH }
#endif
};

/*
 * FindRealTimeSignal, OsFindSignal --
 *
 *	Return the number of the signal with a name, such as SIGUSR1,
 *	SIGRTMIN+3 or SIGRTMAX-1; 0 if there is none.
 */

static int
FindRealTimeSignal(
    const char *name)
{
    int least = (int) OsGetFact(OS_SIGNAL_MIN);
    int most = (int) OsGetFact(OS_SIGNAL_MAX);
    bool isFromLeast = strncmp(name, "SIGRTMIN", 8) == 0;
    long offset = 0;
    char *end;

    if (!isFromLeast && strncmp(name, "SIGRTMAX", 8) != 0) {
	return 0;
    }
    end = (char *) name + 8;
    if (end[0] == (isFromLeast ? '+' : '-')
	    && end[1] >= '0' && end[1] <= '9') {
	offset = strtol(end + 1, &end, 10);
    }
    if (*end != '\0' || least == 0 || offset > most - least) {
	return 0;
    }
    return isFromLeast ? least + (int) offset : most - (int) offset;
}

int
OsFindSignal(
    const char *name)
{
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
	if (strcmp(signals[i].name, name) == 0) {
	    return signals[i].signal;
	}
    }
    return FindRealTimeSignal(name);
}

/*
 * OsHasRestartingHandler --
 *
 *	Returns whether the program has a signal handler with SA_RESTART,
 *	sigaction(2). A signal with such a handler does not end a system call
 *	that waits. SIGBUS and SIGABRT do not count, because this library
 *	handles them (osGuard.c).
 */

bool
OsHasRestartingHandler(void)
{
    for (int number = 1; number < NSIG; number++) {
	struct sigaction action;

	if (number != SIGBUS && number != SIGABRT
		&& sigaction(number, NULL, &action) == 0
		&& (action.sa_flags & SA_RESTART) != 0
		&& action.sa_handler != SIG_DFL
		&& action.sa_handler != SIG_IGN) {
	    return true;
	}
    }
    return false;
}
