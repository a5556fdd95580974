#include "sim/replay.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/json_writer.h"

namespace monitorix::sim {

namespace {

constexpr std::string_view kPrefix = "/api2/json";
constexpr std::string_view kScheme = "PVEAPIToken=";

/// The value of the top-level member `body`, as written but without white space outside of strings.
std::string body_text(const std::string& file) {
  const auto name = file.find("\n \"body\":");
  const auto end = file.rfind('}');
  if (name == std::string::npos || end == std::string::npos) return {};
  std::string out;
  bool is_quoted = false;
  for (auto i = name + 9; i < end; ++i) {
    const char c = file[i];
    if (is_quoted && c == '\\') {
      out.append(file, i++, 2);
      continue;
    }
    if (c == '"') is_quoted = !is_quoted;
    if (is_quoted || std::string_view(" \n\r\t").find(c) == std::string_view::npos) out += c;
  }
  return out;
}

std::string text_of(const Json& json, std::string_view name) {
  const auto* member = json.find(name);
  const auto* text = member == nullptr ? nullptr : member->as_string();
  return text == nullptr ? std::string() : *text;
}

Answer answer_of(const Json& recording, const std::string& file) {
  Answer answer;
  const auto* status = recording.find("status");
  answer.status = status != nullptr && status->as_int() != nullptr ? static_cast<int>(*status->as_int()) : 200;
  answer.reason = text_of(recording, "reason");
  if (answer.reason.empty()) answer.reason = "OK";
  const auto* body = recording.find("body");
  const auto* plain = body == nullptr ? nullptr : body->find("_text");
  if (plain != nullptr && plain->as_string() != nullptr) {
    if (!plain->as_string()->empty()) answer.body = std::make_shared<const Body>(*plain->as_string());
  } else {
    answer.body = std::make_shared<const Body>(body_text(file));
  }
  const auto* headers = recording.find("headers");
  if (headers != nullptr && headers->as_array() != nullptr) {
    Headers exact;
    for (const auto& pair : *headers->as_array()) {
      const auto* both = pair.as_array();
      if (both == nullptr || both->size() != 2) continue;
      exact.emplace_back(*(*both)[0].as_string(), *(*both)[1].as_string());
    }
    answer.exact_headers = std::move(exact);
  }
  if (answer.status == 401 || answer.status == 595) answer.delay = std::chrono::seconds{3};
  return answer;
}

std::string node_in(const std::string& path) {
  constexpr std::string_view kNodes = "/nodes/";
  if (!path.starts_with(kNodes)) return {};
  const auto rest = path.substr(kNodes.size());
  return rest.substr(0, rest.find_first_of("/?"));
}

}  // namespace

Result<Recordings> Recordings::load(const std::string& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (error) return fail(Errc::io, folder + ": " + error.message());
  std::sort(files.begin(), files.end());
  Recordings recordings;
  std::vector<std::pair<std::string, Answer>> anonymous;  // recorded without saying with which token
  std::map<std::string, int> nodes;
  for (const auto& path : files) {
    const std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    const auto recording = Json::parse(text.str());
    if (!recording) return fail(Error(recording.error()).within(path.string()));
    const auto* sent = recording->find("request_headers");
    const auto authorization = sent == nullptr ? std::string() : text_of(*sent, "Authorization");
    const auto called = text_of(*recording, "path");
    if (called.empty() || path.filename().string().starts_with("ext_")) continue;
    auto answer = answer_of(*recording, text.str());
    if (answer.status < 400 && !authorization.empty()) ++recordings.tokens_[authorization];
    if (answer.status < 400) ++nodes[node_in(called)];
    const auto call = text_of(*recording, "method") + " " + called + " ";
    if (sent == nullptr) {
      anonymous.emplace_back(call, std::move(answer));
    } else {
      recordings.answers_.try_emplace(call + authorization, std::move(answer));
    }
  }
  // They came later than the others, with the token that asked most.
  const auto tokens = recordings.tokens();
  for (auto& [call, answer] : anonymous) {
    if (!tokens.empty()) recordings.answers_[call + std::string(kScheme) + tokens.front()] = std::move(answer);
  }
  if (recordings.answers_.empty()) return fail(Errc::not_found, folder + ": no recordings");
  nodes.erase("");
  const auto most =
      std::max_element(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most != nodes.end()) recordings.node_ = most->first;
  return recordings;
}

Answer Recordings::answer(const Request& request) const {
  std::string_view target = request.target;
  if (!target.starts_with(kPrefix)) return Answer::error(501, "no such file '" + request.path + "'");
  target.remove_prefix(kPrefix.size());
  if (target.empty()) target = "/";
  const auto authorization = std::string(request.header("Authorization").value_or(""));
  const auto found = answers_.find(request.method + " " + std::string(target) + " " + authorization);
  if (found != answers_.end()) return found->second;
  const bool is_known = std::any_of(answers_.begin(), answers_.end(),
                                    [&](const auto& entry) { return entry.first.ends_with(" " + authorization); });
  if (!is_known || authorization.empty()) {
    Answer refused;
    refused.status = 401;
    refused.reason = authorization.starts_with(kScheme) ? "Authentication failed!" : "No ticket";
    refused.delay = std::chrono::seconds{3};
    return refused;
  }
  return Answer::error(501, "Method '" + request.method + " " + std::string(target) + "' not implemented");
}

std::vector<std::string> Recordings::tokens() const {
  std::vector<std::pair<int, std::string>> ranked;
  for (const auto& [header, count] : tokens_) {
    ranked.emplace_back(-count, header.starts_with(kScheme) ? header.substr(kScheme.size()) : header);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> out;
  out.reserve(ranked.size());
  for (auto& [count, token] : ranked) out.push_back(std::move(token));
  return out;
}

Replay::Replay(boost::asio::io_context& io, Recordings recordings, std::string label, const Clock& clock,
               std::string folder)
    : recordings_(std::move(recordings)),
      label_(std::move(label)),
      clock_(clock),
      folder_(std::move(folder)) {
  Listener::Service service;
  service.answer = [this](const Request& request) { return recordings_.answer(request); };
  service.shown_time = [this] { return clock_.wall(); };
  service.count = [](const Request&) {};
  listener_ = std::make_unique<Listener>(io, std::move(service));
}

Status Replay::open(std::uint16_t port) {
  const auto authority = make_authority(clock_.wall());
  Node node;
  node.name = recordings_.node();
  const auto leaf = make_leaf(authority, node, clock_.wall());
  certificate_ = leaf.certificate;
  if (auto saved = save_identity(authority, folder_ + "/" + label_ + "-ca"); !saved) return saved;
  listener_->use(leaf);
  return listener_->open("127.0.0.1", port);
}

std::string Replay::endpoint_line() const {
  const auto tokens = recordings_.tokens();
  JsonWriter line;
  line.begin_object().member("cluster", label_).member("node", recordings_.node());
  line.member("url", "https://127.0.0.1:" + std::to_string(listener_->port()));
  line.member("token", tokens.empty() ? std::string() : tokens.front()).member("fingerprint", certificate_.fingerprint);
  line.member("ca_file", folder_ + "/" + label_ + "-ca.pem").key("tokens").begin_object();
  for (const auto& token : tokens) line.member(token.substr(0, token.rfind('=')), token);
  return line.end_object().end_object().take();
}

}  // namespace monitorix::sim
