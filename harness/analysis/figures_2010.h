/*
 * figures_2010: the rates of the 2010 benchmark that this one continues.
 *
 * They were measured once, on one machine, at 100 connections and one request at a time. Tables and pictures show them
 * next to those of a run; only their proportions can be compared.
 */
#ifndef HARNESS_ANALYSIS_FIGURES_2010_H
#define HARNESS_ANALYSIS_FIGURES_2010_H

#define FIGURES_2010_LEVEL 100 /* connections of the parallel rate */

struct figures_2010 {
	const char *server;
	double parallel_rps, sequential_rps;
};

/* The figures of a server; NULL where it was not measured in 2010. */
const struct figures_2010 *figures_2010(const char *server);

#endif
