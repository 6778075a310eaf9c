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
    { "SIGXFSZ", SIGXFSZ }
};

/*
 * OsFindSignal --
 *
 *	Returns the number of the signal with a name, such as SIGUSR1 or
 *	SIGRTMIN+3; 0 if there is none.
 */

int
OsFindSignal(
    const char *name)
{
    const char *base = "SIGRTMIN";
    size_t length = strlen(base);

    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
	if (strcmp(signals[i].name, name) == 0) {
	    return signals[i].signal;
	}
    }
    if (strncmp(name, base, length) == 0) {
	int least = (int) OsGetFact(OS_SIGNAL_MIN);
	char *end = (char *) name + length;
	long offset = (end[0] == '+' && end[1] >= '0' && end[1] <= '9')
		? strtol(end + 1, &end, 10) : 0;

	if (*end == '\0' && least > 0
		&& offset <= OsGetFact(OS_SIGNAL_MAX) - least) {
	    return least + (int) offset;
	}
    }
    return 0;
}

/*
 * OsHasRestartingHandler --
 *
 *	Returns whether the program has a handler with SA_RESTART, sigaction(2):
 *	such a signal does not end a system call that waits. SIGBUS and SIGABRT
 *	are left out, because this library handles them (osGuard.c).
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
