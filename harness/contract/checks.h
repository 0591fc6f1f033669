/*
 * checks: what is checked of a server, as a table.
 *
 * Each row is a name, as printed and as in the JSON, and a function that tries one clause of the server contract
 * (docs/server-contract.md) and fills in the finding of its subject. To add a check is to write the function and
 * its row. Some are of services that need not keep the contract, and some of both.
 */
#ifndef HARNESS_CONTRACT_CHECKS_H
#define HARNESS_CONTRACT_CHECKS_H

#include <stdbool.h>

#include "harness/contract/subject.h"

/* The time of one check. */
#define CHECKS_NS (15 * CLOCK_S)

/* Of which servers a check is. */
enum check_of { CHECK_CONTRACT, CHECK_SERVICE, CHECK_BOTH };

struct check {
	const char *name;                          /* NULL ends the table */
	bool (*function)(struct subject *subject); /* returns whether it passed */
	enum check_of of;
	bool launched;  /* only for a server that is launched here */
	bool keepalive; /* only for a server that keeps connections */
	bool stopped;   /* the server does not run at its start */
};

/* In the order in which they are made: first well-behaved clients, then ill-behaved ones, and the server's end last. */
extern const struct check checks[];

#endif
