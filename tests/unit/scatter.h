/*
 * Scatter of a real run: six servers and the control server, two modes, five levels, three launches, on a machine that built and
 * tested other things meanwhile. The residuals of the logarithms of the rates, from the mean of each server, mode and level; in
 * thirds, by how much these scatter.
 */
#ifndef TESTS_UNIT_SCATTER_H
#define TESTS_UNIT_SCATTER_H

#include <math.h>
#include <stddef.h>

struct scatter {
	const char *name;
	const double *residuals;
	size_t count;
};

static const double residuals_0[] = { -0.239, -0.222, -0.214, -0.207, -0.200, -0.199, -0.188, -0.169, -0.159, -0.151,
				      -0.140, -0.126, -0.123, -0.112, -0.111, -0.110, -0.104, -0.093, -0.090, -0.085,
				      -0.085, -0.066, -0.053, -0.050, -0.035, -0.033, -0.022, -0.019, -0.014, -0.013,
				      -0.008, -0.001, 0.000,  0.005,  0.019,  0.023,  0.031,  0.032,  0.079,  0.090,
				      0.092,  0.098,  0.119,  0.132,  0.135,  0.149,  0.168,  0.184,  0.190,  0.190,
				      0.195,  0.197,  0.236,  0.239,  0.274,  0.280,  0.285 };

static const double residuals_1[] = { -0.547, -0.522, -0.507, -0.504, -0.495, -0.455, -0.395, -0.387, -0.346, -0.345,
				      -0.334, -0.292, -0.281, -0.253, -0.247, -0.242, -0.222, -0.216, -0.206, -0.188,
				      -0.173, -0.171, -0.151, -0.142, -0.139, -0.131, -0.125, -0.117, -0.109, -0.099,
				      -0.094, -0.087, -0.054, 0.009,  0.049,  0.096,  0.122,  0.185,  0.195,  0.215,
				      0.233,  0.238,  0.287,  0.302,  0.311,  0.315,  0.315,  0.316,  0.327,  0.332,
				      0.333,  0.336,  0.341,  0.398,  0.474,  0.484,  0.534,  0.558,  0.624,  0.649 };

static const double residuals_2[] = { -1.450, -1.184, -1.179, -1.146, -0.982, -0.974, -0.843, -0.816, -0.786, -0.744,
				      -0.736, -0.706, -0.704, -0.690, -0.682, -0.673, -0.666, -0.593, -0.584, -0.350,
				      -0.315, -0.201, -0.116, -0.060, -0.005, 0.098,  0.148,  0.229,  0.229,  0.255,
				      0.299,  0.330,  0.336,  0.342,  0.345,  0.371,  0.374,  0.383,  0.391,  0.431,
				      0.433,  0.435,  0.444,  0.479,  0.483,  0.500,  0.503,  0.515,  0.589,  0.603,
				      0.608,  0.614,  0.653,  0.663,  0.665,  0.753,  0.798,  0.905,  0.950,  1.031 };

static const struct scatter scatters[] = {
	{ "steady third (14 %)", residuals_0, sizeof residuals_0 / sizeof *residuals_0 },
	{ "middle third (32 %)", residuals_1, sizeof residuals_1 / sizeof *residuals_1 },
	{ "unsteady third (65 %)", residuals_2, sizeof residuals_2 / sizeof *residuals_2 },
};

#endif
