#include "sim/pve/api.h"

#include <algorithm>
#include <charconv>

#include "sim/pve/calls.h"

namespace monitorix::sim {

namespace {

using std::chrono::milliseconds;
constexpr milliseconds kRefusalDelay{3'000};
constexpr milliseconds kNoRouteDelay{3'000};
constexpr milliseconds kProxyTimeout{30'000};
constexpr std::string_view kPrefix = "/api2/json";

std::vector<std::string_view> pieces(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    if (path.front() == '/') {
      path.remove_prefix(1);
      continue;
    }
    const auto end = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return out;
}

bool matches(std::string_view pattern, const std::vector<std::string_view>& path, std::vector<std::string>& captured) {
  std::size_t at = 0;
  for (auto piece : pieces(pattern)) {
    if (at >= path.size()) return false;
    if (piece.front() != '{' && piece != path[at]) return false;
    ++at;
  }
  if (at != path.size()) return false;
  at = 0;
  for (auto piece : pieces(pattern)) {
    if (piece.front() == '{') captured.emplace_back(path[at]);
    ++at;
  }
  return true;
}

const Route* find_route(std::string_view path, std::vector<std::string>& captured) {
  const auto wanted = pieces(path);
  for (const auto& route : all_routes()) {
    if (matches(route.pattern, wanted, captured)) return &route;
  }
  return nullptr;
}

std::string_view under_prefix(std::string_view path) {
  if (!path.starts_with(kPrefix)) return {};
  path.remove_prefix(kPrefix.size());
  return path.empty() ? std::string_view("/") : path;
}

bool is_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

struct Declared {
  std::string_view name{};
  std::string_view type{};
  bool is_required{};
};

std::vector<Declared> declared_in(std::string_view text) {
  std::vector<Declared> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    Declared one;
    const auto colon = std::min(word.find(':'), word.size());
    if (colon < word.size()) one.type = word.substr(colon + 1);
    word = word.substr(0, colon);
    one.is_required = word.ends_with('!');
    if (one.is_required) word.remove_suffix(1);
    one.name = word;
    out.push_back(one);
  }
  return out;
}

std::string one_of(std::string_view value, std::string_view list) {
  std::string_view rest = list;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(", "), rest.size());
    if (rest.substr(0, end) == value) return {};
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return "value '" + std::string(value) + "' does not have a value in the enumeration '" + std::string(list) + "'";
}

/// What is wrong with a value, empty when nothing.
std::string fault_of(std::string_view type, std::string_view value, Version version) {
  const bool is_9 = version == Version::v9_2;
  if (type == "integer" && !is_integer(value))
    return "type check ('integer') failed - got '" + std::string(value) + "'";
  if (type == "boolean" && value != "0" && value != "1") {
    return "type check ('boolean') failed - got '" + std::string(value) + "'";
  }
  if (type == "timeframe") {
    return one_of(value, is_9 ? "hour, day, week, month, year, decade" : "hour, day, week, month, year");
  }
  if (type == "cf") return one_of(value, "AVERAGE, MAX");
  if (type == "resource") return one_of(value, "vm, storage, node, sdn");
  return {};
}

std::optional<Answer> parameter_faults(const Route& route, const Call& call) {
  std::vector<std::pair<std::string, std::string>> faults;
  const auto declared = declared_in(route.parameters);
  const auto find = [&](std::string_view name) {
    return std::find_if(declared.begin(), declared.end(),
                        [&](const Declared& d) { return d.name == name && (d.type != "since9" || call.is_9()); });
  };
  for (const auto& [name, value] : call.request.query) {
    const auto known = find(name);
    auto fault = known == declared.end()
                     ? "property is not defined in schema and the schema does not allow additional properties"
                     : fault_of(known->type, value, call.world.version);
    if (!fault.empty()) faults.emplace_back(name, std::move(fault));
  }
  for (const auto& one : declared) {
    if (one.is_required && !call.request.parameter(one.name)) {
      faults.emplace_back(one.name, "property is missing and it is not optional");
    }
  }
  if (route.pattern.find("{vmid}") != std::string_view::npos) {
    if (auto fault = fault_of("integer", call.captured[1], call.world.version); !fault.empty()) {
      faults.emplace_back("vmid", std::move(fault));
    }
  }
  if (faults.empty()) return std::nullopt;
  std::string text = "{\"data\":null,\"message\":\"Parameter verification failed.\\n\",\"errors\":{";
  for (std::size_t i = 0; i < faults.size(); ++i) {
    if (i > 0) text += ',';
    append_json_string(text, faults[i].first);
    text += ':';
    append_json_string(text, faults[i].second);
  }
  auto answer = Answer::json(text + "}}");
  answer.status = 400;
  answer.reason = "Parameter verification failed.";
  return answer;
}

std::string filled(std::string_view scope, const Call& call) {
  std::string out(scope);
  const auto open = out.find('{');
  if (open == std::string::npos) return out;
  const auto& value = out.substr(open) == "{node}" ? call.captured[0] : call.captured[1];
  return out.substr(0, open) + value;
}

Answer not_implemented(const Request& request, std::string_view path) {
  return Answer::error(501, "Method '" + request.method + " " + std::string(path) + "' not implemented");
}

Answer empty_answer(int status, std::string reason, milliseconds delay) {
  Answer answer;
  answer.status = status;
  answer.reason = std::move(reason);
  answer.delay = delay;
  return answer;
}

}  // namespace

Api::Api(World& world) : world_(world), dice_(hash_of(world.seed, 0xA91)) {
  for (const auto& cluster : world.clusters) tokens_.push_back(tokens_of(cluster));
  kept_.resize(world.clusters.size());
}

std::string_view Api::pattern_of(std::string_view path) {
  std::vector<std::string> captured;
  const auto* route = find_route(under_prefix(path), captured);
  return route == nullptr || under_prefix(path).empty() ? "other" : route->pattern;
}

Answer Api::answer(std::size_t cluster, std::size_t node, const Request& request, WallTime now) {
  const auto path = under_prefix(request.path);
  if (path.empty()) return Answer::error(501, "no such file '" + request.path + "'");
  if (request.method == "POST" && path == "/access/ticket") {
    auto refused = Answer::error(401, "authentication failure");
    refused.delay = kRefusalDelay;
    return refused;
  }
  const auto who = authenticate(tokens_[cluster], world_.version, request.header("Authorization"));
  if (const auto* refused = std::get_if<Refused>(&who)) return empty_answer(401, refused->reason, kRefusalDelay);

  Call call{world_, world_.clusters[cluster], request, dice_, now, std::get<Rights>(who), node, node, {}, false};
  const auto* route = find_route(path, call.captured);
  const bool is_hidden = route != nullptr && route->handler == metrics_export && !world_.has_export;
  if (route == nullptr || is_hidden || request.method != "GET") return not_implemented(request, path);
  auto answer = routed(*route, call, cluster);
  if (lateness) answer.delay += lateness(cluster, call.node, request);
  return answer;
}

Answer Api::routed(const Route& route, Call& call, std::size_t cluster) {
  auto privilege = route.privilege;
  if (privilege == "agent") privilege = call.is_9() ? "VM.GuestAgent.Audit" : "VM.Monitor";
  if (!privilege.empty() && !call.may(privilege)) {
    const auto scope = filled(route.scope, call);
    const auto other = privilege == "VM.GuestAgent.Audit" ? "|VM.GuestAgent.Unrestricted" : "";
    const auto where = scope.empty() ? "" : " (" + scope + ", " + std::string(privilege) + other + ")";
    return Answer::error(403, "Permission check failed" + where);
  }
  if (route.pattern.starts_with("/nodes/{node}")) {
    const auto& name = call.captured[0];
    const auto named = name == "localhost" ? call.asked : call.cluster.find_node(name);
    if (!named && route.answered == Route::Answered::by_named_node) {
      return Answer::error(500, "hostname lookup '" + name + "' failed - failed to get address info for: " + name +
                                    ": Temporary failure in name resolution");
    }
    call.node = named.value_or(call.asked);
    if (route.answered == Route::Answered::by_named_node && call.node != call.asked) {
      const auto& other = call.target();
      if (!other.is_alive || !other.is_member) return empty_answer(595, "No route to host", kNoRouteDelay);
      if (is_mute && is_mute(cluster, call.node)) return empty_answer(596, "Connection timed out", kProxyTimeout);
    }
  }
  if (auto faults = parameter_faults(route, call)) return *faults;
  auto answer = kept_or_made(route, call, cluster);
  if (answer.status < 400) {
    answer.is_privileged =
        route.daemon == Route::Daemon::privileged || (route.daemon == Route::Daemon::privileged_in_8 && !call.is_9());
  }
  return answer;
}

Answer Api::kept_or_made(const Route& route, Call& call, std::size_t cluster) {
  if (route.handler == qemu_current || route.handler == lxc_current || route.handler == qemu_list ||
      route.handler == lxc_list) {
    auto& has_looked = has_looked_[{cluster, call.node}];
    call.is_first_look = !has_looked;
    has_looked = true;
  }
  if (route.handler != resources) return route.handler(call);
  // The one large answer: made once a second of world time, for all who ask with equal rights.
  std::string key = std::to_string(static_cast<int>(call.rights));
  if (const auto type = call.request.parameter("type")) key.append("/").append(*type);
  const auto second = epoch(call.now);
  auto& kept = kept_[cluster];
  std::erase_if(kept, [&](const Kept& old) { return old.second != second || old.revision != call.cluster.revision; });
  for (const auto& one : kept) {
    if (one.key == key) return one.answer;
  }
  auto answer = route.handler(call);
  kept.push_back({std::move(key), call.cluster.revision, second, answer});
  return answer;
}

Answer parameter_error(std::string_view field, std::string_view text) {
  std::string body = "{\"data\":null,\"message\":\"Parameter verification failed.\\n\",\"errors\":{";
  append_json_string(body, field);
  body += ':';
  append_json_string(body, text);
  auto answer = Answer::json(body + "}}");
  answer.status = 400;
  answer.reason = "Parameter verification failed.";
  return answer;
}

}  // namespace monitorix::sim
