/*
 * judge: whether a cell's figures may be relied on, by the rules of docs/method.md.
 */
#ifndef HARNESS_RECORD_JUDGE_H
#define HARNESS_RECORD_JUDGE_H

#include "harness/record/cell.h"

/*
 * Judges whether the figures are valid, by the rules of docs/method.md, and sets `valid` and `invalid`.
 * control_rps is the control server's rate in the cell that is alike, client_rps what the client met it with: less where that rate
 * is scaled. NAN where there is none.
 */
void cell_judge(struct cell *cell, double control_rps, double client_rps);

#endif
