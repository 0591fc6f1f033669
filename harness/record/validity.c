#include "harness/record/validity.h"

const char *const invalid_names[INVALIDS] = {
	"failed",       "no_answers", "short_concurrency", "client_bound", "little",
	"conservation", "lag",        "client_paused",     "shared_cpu",   "build",
};

const char *const invalid_descriptions[INVALIDS] = {
	"the server could not be started, or failed under the load",
	"no response of the server was right",
	"fewer requests were in flight, or fewer connections open, than the level says",
	"the client's CPU was the limit, not the server",
	"rate, latency and concurrency contradict each other (Little's law)",
	"the counts of requests do not add up",
	"the client itself was late to start requests, by more than a tenth of their latency",
	"the client stood still for more than a quarter of a second of the window: it was stopped, suspended or got no CPU",
	"client and server can run on the same CPU, where each takes time from the other",
	"benchctl was built without optimization or with a sanitizer",
};

const char *const invalid_advice[INVALIDS] = {
	"its error says why; run the server by hand with BENCH_PORT set, or 'benchctl check' it",
	"'benchctl check' the server; its errors by kind are in 'benchctl explain'",
	"give it time: a longer --max-ramp and --max-window; else the server does not accept so many, or ends the silent ones of a crowd",
	"give the client more CPUs (--client-cpus), or read the server's CPU per request instead of its rate",
	"repeat it on a quieter host, with a longer --duration",
	"this is a fault of benchctl: please report it with the run.json",
	"give the client a quieter CPU or more of them (--client-cpus), or offer a lower rate",
	"measure again, on a host that is not suspended and whose CPUs are not taken away (steal time); 'benchctl doctor' looks for that",
	"give them separate CPUs (--client-cpus, --server-cpus); on a host with one CPU read the server's CPU per request instead",
	"build it with 'make' and measure again",
};
