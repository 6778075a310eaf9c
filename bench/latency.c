/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * latency.c --
 *
 *	The C program with which latency.tcl compares Tcl: a sender and a
 *	receiver that only exchange messages through a message queue.
 *
 *	    latency send /queue count       for each line of its input, sends
 *					    count messages, one a millisecond
 *	    latency receive /queue count    waits in poll(2); prints the ages of
 *					    the messages, count on a line
 *
 *	A message contains the time at which it was sent, in microseconds. Both
 *	end at the end of their input.
 */

#include <err.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * Microseconds --
 *
 *	Returns the time of day in microseconds.
 */

static long long
Microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/*
 * Send --
 *
 *	Sends a burst for each line of the input.
 */

static void
Send(
    mqd_t queue,
    int count)
{
    const struct timespec pause = { .tv_nsec = 1000000 };
    char line[16], message[32];

    while (fgets(line, sizeof(line), stdin) != NULL) {
	for (int i = 0; i < count; i++) {
	    nanosleep(&pause, NULL);
	    snprintf(message, sizeof(message), "%lld", Microseconds());
	    if (mq_send(queue, message, strlen(message), 0) != 0) {
		err(1, "mq_send");
	    }
	}
    }
}

/*
 * Age --
 *
 *	Receives a message and returns its age in microseconds.
 */

static long long
Age(
    mqd_t queue)
{
    char message[65];
    ssize_t length = mq_receive(queue, message, sizeof(message), NULL);

    if (length < 0) {
	err(1, "mq_receive");
    }
    message[length] = '\0';
    return Microseconds() - strtoll(message, NULL, 10);
}

/*
 * Receive --
 *
 *	Receives messages and prints their ages, until the input ends.
 */

static void
Receive(
    mqd_t queue,
    int count)
{
    struct pollfd waits[] = {
	{ .fd = (int) queue, .events = POLLIN },
	{ .fd = STDIN_FILENO, .events = POLLIN }
    };

    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    for (int i = 1; ; i++) {
	if (poll(waits, 2, -1) < 0) {
	    err(1, "poll");
	}
	if (waits[1].revents != 0) {
	    return;
	}
	printf("%lld%c", Age(queue), (i % count == 0) ? '\n' : ' ');
    }
}

int
main(
    int argc,
    char *argv[])
{
    mqd_t queue;

    if (argc != 4) {
	fputs("usage: latency send|receive /queue count\n", stderr);
	return 2;
    }
    queue = mq_open(argv[2], O_RDWR);
    if (queue == (mqd_t) -1) {
	err(1, "%s", argv[2]);
    }
    (strcmp(argv[1], "send") == 0 ? Send : Receive)(queue,
	    (int) strtol(argv[3], NULL, 10));
    mq_close(queue);
    return 0;
}
