#include "app/line/remote.h"

#include "base/json.h"
#include "base/json_writer.h"

namespace monitorix::app {
namespace {

std::string text_of(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  const std::string* text = member ? member->as_string() : nullptr;
  return text ? *text : std::string();
}

std::int64_t number_of(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  const std::int64_t* number = member ? member->as_int() : nullptr;
  return number ? *number : -1;
}

}  // namespace

std::string encode(const Order& order) {
  const Invocation& call = order.invocation;
  JsonWriter out;
  out.begin_object().member("command", static_cast<int>(call.command)).member("json", call.json ? 1 : 0);
  out.member("pbs", call.is_backup_server ? 1 : 0);
  out.member("name", call.name).member("role", call.role).member("email", call.email);
  out.member("url", call.url).member("token", call.token).member("fingerprint", call.fingerprint);
  out.member("ca_file", call.ca_file).member("file", call.file).member("input", order.input.reveal());
  out.end_object();
  return out.take();
}

Result<Order> decode_order(const std::string& text) {
  const auto json = Json::parse(text);
  if (!json) return fail(json.error());
  const std::int64_t command = number_of(*json, "command");
  if (command < 0 || command > static_cast<std::int64_t>(CommandName::version))
    return fail(Errc::invalid, "an unknown command: is this the server's own version of monitorix?");
  Order order{};
  order.invocation.command = static_cast<CommandName>(command);
  order.invocation.json = number_of(*json, "json") == 1;
  order.invocation.is_backup_server = number_of(*json, "pbs") == 1;
  order.invocation.name = text_of(*json, "name");
  order.invocation.role = text_of(*json, "role");
  order.invocation.email = text_of(*json, "email");
  order.invocation.url = text_of(*json, "url");
  order.invocation.token = text_of(*json, "token");
  order.invocation.fingerprint = text_of(*json, "fingerprint");
  order.invocation.ca_file = text_of(*json, "ca_file");
  order.invocation.file = text_of(*json, "file");
  order.input = Secret(text_of(*json, "input"));
  return order;
}

std::string encode(const Outcome& outcome) {
  JsonWriter out;
  out.begin_object()
      .member("exit", outcome.exit_code)
      .member("out", outcome.out)
      .member("err", outcome.err)
      .end_object();
  return out.take();
}

Result<Outcome> decode_outcome(const std::string& text) {
  const auto json = Json::parse(text);
  if (!json) return fail(json.error());
  return Outcome{static_cast<int>(number_of(*json, "exit")), text_of(*json, "out"), text_of(*json, "err")};
}

}  // namespace monitorix::app
