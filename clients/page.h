/*
 * page: the pages that every server has (docs/server-contract.md).
 *
 * GET / is one fixed page. GET /N links to /M with M = (1664525 N + 1013904223) mod 2^32: a linear congruential
 * generator of full period (Knuth, TAOCP 2, 3.2.1.2; constants of Numerical Recipes), so that from /0 the links
 * visit 2^32 different URLs and each response is known before it is asked for.
 */
#ifndef CLIENTS_PAGE_H
#define CLIENTS_PAGE_H

#include <stdint.h>
#include <stdio.h>

/* The body of GET /: 40 bytes. */
#define PAGE_START       "<p>Hello, World! <a href=\"/0\">start</a>\n"
#define PAGE_START_BYTES (sizeof PAGE_START - 1)

/* Holds the body of any GET /N. */
#define PAGE_MAX 64

/* The number that page n links to. */
static inline uint32_t page_next(uint32_t n)
{
	return 1664525u * n + 1013904223u;
}

/* Writes the body of GET /n to out; returns its length in bytes. */
static inline int page_write(char out[PAGE_MAX], uint32_t n)
{
	uint32_t next = page_next(n);

	return snprintf(out, PAGE_MAX, "<a href=\"/%u\">%u</a>\n", next, next);
}

#endif
