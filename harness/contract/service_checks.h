/*
 * service_checks: what is checked of a service that a URL describes, and that need not keep the server contract: whether its
 * responses to the request that is to be measured are right however often and over whatever connections they come. The load
 * generator asks, as it will in the measurement.
 */
#ifndef HARNESS_CONTRACT_SERVICE_CHECKS_H
#define HARNESS_CONTRACT_SERVICE_CHECKS_H

#include "harness/contract/subject.h"

/* Each returns whether the check has passed; else the finding is filled in. */
bool service_check_repeated(struct subject *subject);  /* each request over a connection of its own */
bool service_check_keepalive(struct subject *subject); /* all over one connection */
bool service_check_parallel(struct subject *subject);

#endif
