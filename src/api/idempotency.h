#pragma once
// Idempotency-Key on POST (C10): the same key and body within a day get the same answer; another body is 422.

#include "api/desk.h"

namespace monitorix::api {

net::Task<Answer> run_once(Desk& desk, Call& call, const Route& route);

}  // namespace monitorix::api
