/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * station.c --
 *
 *	A station with four sensors. It keeps their values in a struct in shared
 *	memory, with a sequence number that it increments after each
 *	measurement. On Linux it then wakes the processes that wait for this
 *	number, by futex(2); elsewhere, they poll the number.
 *
 *	    station ?name? ?measurements?    /telemetry, and no end, by default
 *
 *	It needs only a C compiler: make demos, or
 *	cc -o station station.c -lm
 */

#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#   include <linux/futex.h>
#   include <sys/syscall.h>
#endif

#define SENSORS 4

struct Sensor {
    char name[16];
    double value;
    float low, high;		/* the range of a healthy value */
    uint8_t alarm;
};

struct Station {
    _Atomic int32_t sequence;
    int32_t period;		/* ms between two measurements */
    struct Sensor sensors[SENSORS];
};

static const struct Sensor first[SENSORS] = {
    { "temperature", 20, 15, 25, 0 }, { "humidity", 50, 30, 70, 0 },
    { "pressure", 1013, 990, 1035, 0 }, { "wind", 5, 0, 12, 0 }
};

static volatile sig_atomic_t ended;

static void
End(
    int signal)
{
    (void) signal;
    ended = 1;
}

/*
 * Open --
 *
 *	Creates the segment, and returns the struct in it.
 */

static struct Station *
Open(
    const char *name)
{
    int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
    struct Station *station;

    if (fd < 0 || ftruncate(fd, sizeof(*station)) != 0) {
	perror(name);
	exit(1);
    }
    station = mmap(NULL, sizeof(*station), PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
    if (station == MAP_FAILED) {
	perror(name);
	exit(1);
    }
    close(fd);
    return station;
}

/*
 * Measure --
 *
 *	Measures each sensor once. A value is the sensor's first value with
 *	waves and noise added.
 */

static void
Measure(
    struct Station *station,
    int number)
{
    for (int i = 0; i < SENSORS; i++) {
	struct Sensor *sensor = &station->sensors[i];
	double noise = (double) rand() / RAND_MAX - 0.5;

	sensor->value = first[i].value + (sensor->high - sensor->low)
		* (0.5 * sin(number * 0.02 * (i + 1)) + 0.1 * noise);
	sensor->alarm = sensor->value < sensor->low
		|| sensor->value > sensor->high;
    }
    atomic_fetch_add(&station->sequence, 1);
#ifdef __linux__
    syscall(SYS_futex, &station->sequence, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
#endif
}

int
main(
    int argc,
    char **argv)
{
    const char *name = (argc > 1) ? argv[1] : "/telemetry";
    int most = (argc > 2) ? atoi(argv[2]) : INT_MAX;
    struct Station *station = Open(name);
    const struct timespec period = { .tv_nsec = 50000000 };

    signal(SIGINT, End);
    signal(SIGTERM, End);
    station->period = 50;
    for (int i = 0; i < SENSORS; i++) {
	station->sensors[i] = first[i];
    }
    for (int number = 0; number < most && !ended; number++) {
	Measure(station, number);
	nanosleep(&period, NULL);
    }
    shm_unlink(name);
    return 0;
}
