#include "api/access.h"
#include "api/desk.h"
#include "api/list.h"
#include "live/encode.h"

namespace monitorix::api {
namespace {

Answer stats(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  return cached(desk, call, [&] {
    const auto world = desk.house.snapshot();
    JsonWriter out;
    live::encode_stats(out, *world, live::visible_clusters(call.caller.scope, *world));
    Answer answer;
    answer.encoded = encode_once(out.take());
    return answer;
  });
}

}  // namespace

void add_dashboard_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/dashboard/stats", Access::viewer, with(desk, stats));
}

}  // namespace monitorix::api
