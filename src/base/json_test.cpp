#include "base/json.h"

#include <doctest/doctest.h>
#include <limits>

#include "base/json_writer.h"

using namespace monitorix;

TEST_CASE("what the writer writes, the reader reads back") {
  JsonWriter out;
  out.begin_object().member("name", "a \"b\" \\ \n\x01").member("n", std::int64_t{9007199254740993}).member("r", 0.1);
  out.member("no", std::optional<double>{}).member("nan", std::numeric_limits<double>::quiet_NaN());
  out.key("list").begin_array().value(1).value(true).begin_object().end_object().end_array();
  out.end_object();
  CHECK(out.text() ==
        R"({"name":"a \"b\" \\ \n\u0001","n":9007199254740993,"r":0.1,"no":null,"nan":null,"list":[1,true,{}]})");
  const auto json = Json::parse(out.text());
  REQUIRE(json);
  CHECK(*json->find("name")->as_string() == "a \"b\" \\ \n\x01");
  CHECK(*json->find("n")->as_int() == 9007199254740993);
  CHECK(json->find("no")->is_null());
  CHECK(json->find("absent") == nullptr);
  CHECK(json->find("list")->as_array()->size() == 3);
}

TEST_CASE("members are found by name whatever order they came in, and are told in the order of their names") {
  auto json = Json::parse(
      R"({"vmid":7,"a longer name than fits inside a string":1,"a longer":2,"cpu":0.5,"":null,"b":{"z":1,"y":2}})");
  REQUIRE(json);
  CHECK(*json->find("vmid")->as_int() == 7);
  CHECK(json->find("cpu")->as_number() == 0.5);
  CHECK(json->find("")->is_null());
  CHECK(json->find("vmi") == nullptr);
  CHECK(json->find("zzz") == nullptr);
  CHECK(json->dump() ==
        R"({"":null,"a longer":2,"a longer name than fits inside a string":1,"b":{"y":2,"z":1},"cpu":0.5,"vmid":7})");
  JsonObject members = *json->as_object();
  members.erase("cpu");
  members.erase("absent");
  members.find("vmid")->second = Json();
  CHECK(members.size() == 5);
  CHECK_FALSE(members.contains("cpu"));
  CHECK(members.find("vmid")->second.is_null());
  CHECK(*json->find("vmid")->as_int() == 7);
}

TEST_CASE("hostile JSON is refused with a reason, never a crash") {
  CHECK(Json::parse(std::string(200, '[') + std::string(200, ']')).error().code == Errc::too_large);
  CHECK(Json::parse(std::string(100'000, '[')).error().code != Errc::io);
  CHECK(Json::parse(R"({"a":1,"a":2})").error().text.find("twice") != std::string::npos);
  for (const auto* bad : {"", "{", "nul", "{\"a\":}", "[1,]", "\"\xff\"", "1 2"}) CHECK_FALSE(Json::parse(bad));
}

TEST_CASE("an array has at most 100 000 elements, wherever it stands") {
  const auto array_of = [](std::size_t elements) {
    std::string text = "[0";
    for (std::size_t at = 1; at < elements; ++at) text += ",0";
    return text + "]";
  };
  CHECK(Json::parse(array_of(100'000))->as_array()->size() == 100'000);
  CHECK(Json::parse(array_of(100'001)).error().code == Errc::too_large);
  CHECK(Json::parse(R"({"a":[)" + array_of(100'001) + "]}").error().code == Errc::too_large);
}
