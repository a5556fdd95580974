#include <doctest/doctest.h>

#include "api/services/exchange.h"
#include "base/json.h"

using namespace monitorix;
using namespace monitorix::api;

namespace {

std::shared_ptr<const monitorix::Service> named(std::string name, std::string target, std::string notes) {
  auto made = std::make_shared<monitorix::Service>();
  made->name = std::move(name);
  made->type = ServiceType::http;
  made->target = std::move(target);
  made->notes = std::move(notes);
  made->tags = {"no", "1.5", "a b", "plain"};
  return made;
}

std::string refused(std::string_view text) {
  const auto read = read_our_yaml(text);
  return read ? "taken" : read.error().text;
}

}  // namespace

TEST_CASE("what is written as YAML is read the same") {
  const auto text = services_as_yaml({named("a: b", "http://x.example/?a=1#b", "line\n\ttab \"quote\" - # ü"),
                                      named("true", "http://y.example/", "{a: 1}")});
  CHECK(text.starts_with("monitorix_services: 1\nservices:\n- name: \"a: b\"\n  type: http\n  target: "));
  const auto read = read_our_yaml(text);
  REQUIRE(read);
  REQUIRE(read->rows.size() == 2);
  CHECK(read->rows[0].name == "a: b");
  CHECK(read->rows[1].name == "true");
  const auto body = Json::parse(read->rows[0].json);
  REQUIRE(body);
  CHECK(*body->find("notes")->as_string() == "line\n\ttab \"quote\" - # ü");
  CHECK(body->find("tags")->dump() == R"(["no","1.5","a b","plain"])");
  CHECK(*body->find("check_interval")->as_number() == 60);
  CHECK(read_our_yaml(services_as_yaml({}))->rows.empty());
}

TEST_CASE("people write it in other ways too") {
  const auto read = read_our_yaml(R"(# ours
services:
  - name: web   # a remark
    type: http
    target: https://example.org/
    check_interval: 30
    is_active: True
    notes: |
      two
      lines
    tags: [prod, 'eu-1', 08, 2.5]
    options: {http: {method: HEAD}}
    vm_id: ~
)");
  REQUIRE(read);
  REQUIRE(read->rows.size() == 1);
  const auto body = Json::parse(read->rows[0].json);
  REQUIRE(body);
  CHECK(*body->find("notes")->as_string() == "two\nlines\n");
  CHECK(*body->find("is_active")->as_bool());
  CHECK(body->find("tags")->dump() == R"(["prod","eu-1","08",2.5])");
  CHECK(body->find("vm_id")->is_null());
  CHECK(*body->find("options")->find("http")->find("method")->as_string() == "HEAD");
}

TEST_CASE("what stands for more than it is, is refused with its line") {
  CHECK(refused("services:\n- &a {name: x}\n- *a\n").find("line 2: anchors") != std::string::npos);
  CHECK(refused("services: *a\n").find("alias") != std::string::npos);
  CHECK(refused("services: !!python/object x\n").find("tags are not taken") != std::string::npos);
  CHECK(refused("a: 1\n---\nb: 2\n").find("second document") != std::string::npos);
  CHECK(refused("? [a]\n: b\n").find("must be a word") != std::string::npos);
  CHECK(refused(std::string(5000, '[')).find("too deep") != std::string::npos);
  CHECK(refused("services: [").find("line") != std::string::npos);
  CHECK(refused("\xff\xfe\xfd").starts_with("it is not YAML"));
  CHECK(refused("").find("no list of services") != std::string::npos);
  CHECK(refused("services: 7").find("no list of services") != std::string::npos);
}
