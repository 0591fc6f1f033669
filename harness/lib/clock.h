/*
 * clock: time for measuring, in nanoseconds.
 *
 * Everything that is measured uses CLOCK_MONOTONIC, which no clock step moves (clock_gettime(2)); wall-clock
 * time appears only where a person reads a date.
 */
#ifndef HARNESS_LIB_CLOCK_H
#define HARNESS_LIB_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_US 1000ull
#define CLOCK_MS 1000000ull
#define CLOCK_S  1000000000ull

/*
 * Between two looks at a variable that a signal sets, while something is waited for: a signal that comes just before the
 * call interrupts nothing (signal(7)).
 */
#define CLOCK_LOOK_NS (50 * CLOCK_MS)

/* The time of one of the kernel's clocks, in nanoseconds. */
static inline uint64_t clock_read_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * CLOCK_S + (uint64_t)t.tv_nsec;
}

/* Monotonic time in nanoseconds. */
static inline uint64_t clock_ns(void)
{
	return clock_read_ns(CLOCK_MONOTONIC);
}

/* Nanoseconds as a timespec, for the system calls that take one. */
static inline struct timespec clock_timespec(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / CLOCK_S), .tv_nsec = (long)(ns % CLOCK_S) };
}

#endif
