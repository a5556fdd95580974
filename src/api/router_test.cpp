#include "api/router.h"

#include <doctest/doctest.h>

using namespace monitorix;
using namespace monitorix::api;

namespace {

net::Task<Answer> nothing(Call&) { co_return no_content(); }

Router some_routes() {
  Router router;
  REQUIRE(router.add({"GET", "/api/vms", Access::viewer, nothing}));
  REQUIRE(router.add({"GET", "/api/vms/{id}", Access::viewer, nothing}));
  REQUIRE(router.add({"PUT", "/api/vms/{id}", Access::editor, nothing}));
  return router;
}

}  // namespace

TEST_CASE("a route without a declared access is refused, as is one declared twice") {
  Router router;
  CHECK_FALSE(router.add({"GET", "/api/open-door", Access::undeclared, nothing}));
  CHECK(router.add({"GET", "/api/vms", Access::viewer, nothing}));
  CHECK_FALSE(router.add({"GET", "/api/vms", Access::open, nothing}));
}

TEST_CASE("only the one spelling of a path is the path") {
  const auto router = some_routes();
  CHECK(router.find("GET", "/api/vms").route != nullptr);
  CHECK(router.find("HEAD", "/api/vms/12").ids == std::vector<std::string>{"12"});
  for (const char* path : {"//api/vms",
                           "/api//vms",
                           "/api/./vms",
                           "/api/../api/vms",
                           "/api/vms/",
                           "/api%2fvms",
                           "/api/%76ms",
                           "/api/vms;a=1",
                           "/API/vms",
                           "/api/VMS",
                           "/api/vms/{id}",
                           "/api/vms/:id",
                           "/api/vms/abc",
                           "/api/vms/0",
                           "/api/vms/-1",
                           "/api/vms/1.0",
                           "/api/vms/1/",
                           "api/vms",
                           "",
                           "/api/vms/99999999999999999999",
                           "/api\\vms",
                           "/api/vms\n"})
    CHECK_MESSAGE((router.find("GET", path).route == nullptr && router.find("GET", path).allow.empty()), path);
}

TEST_CASE("a known path with another method names the methods it knows") {
  const auto router = some_routes();
  CHECK(router.find("DELETE", "/api/vms/3").route == nullptr);
  CHECK(router.find("DELETE", "/api/vms/3").allow == "GET, HEAD, PUT");
}

TEST_CASE("each role may do what the ones before it may") {
  Caller nobody;
  Caller viewer;
  viewer.signed_in = true;
  Caller admin = viewer;
  admin.role = Role::admin;
  CHECK(may_use(Access::open, nobody));
  CHECK_FALSE(may_use(Access::viewer, nobody));
  CHECK(may_use(Access::viewer, viewer));
  CHECK_FALSE(may_use(Access::operator_, viewer));
  CHECK(may_use(Access::admin, admin));
  CHECK_FALSE(may_use(Access::undeclared, admin));
}
