#include "proxmox/past/export.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "proxmox/path.h"

namespace monitorix::proxmox {
namespace {

constexpr std::array<std::string_view, kMetrics> kNames{
    "uptime",    "cpu_current", "cpu_iowait", "cpu_avg1", "mem_total", "mem_used",  "swap_total",
    "swap_used", "disk_total",  "disk_used",  "net_in",   "net_out",   "disk_read", "disk_write"};
constexpr int kMostDepth = 16;
constexpr std::size_t kLongestText = 200;

/// Walks along JSON text. Every step says whether it could be made; none goes beyond the end.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool take(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] bool is_next(char wanted) {
    skip_space();
    return at_ < text_.size() && text_[at_] == wanted;
  }
  [[nodiscard]] bool is_at_end() {
    skip_space();
    return at_ == text_.size();
  }
  /// As it stands between the quotes: ids and names that have escapes are not ours.
  bool text(std::string_view& out) {
    if (!take('"')) return false;
    const std::size_t from = at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) return false;
    out = text_.substr(from, at_ - from);
    ++at_;
    return true;
  }
  /// A number, also one in quotes; nothing for any other value, which is passed.
  bool number(std::optional<double>& out) {
    out.reset();
    std::string_view word;
    if (is_next('"')) {
      if (!text(word)) return false;
    } else if (is_next('{') || is_next('[')) {
      return pass(0);
    } else if (!bare(word)) {
      return false;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error == std::errc{} && end == word.data() + word.size() && std::isfinite(value)) out = value;
    return true;
  }
  /// Any value.
  bool pass(int depth) {
    std::string_view word;
    if (depth > kMostDepth) return false;
    if (is_next('"')) return text(word);
    if (is_next('{')) return members([&](std::string_view) { return pass(depth + 1); });
    if (is_next('[')) return elements([&] { return pass(depth + 1); });
    return bare(word);
  }
  /// An object; `each` gets a name and reads its value.
  template <class Each>
  bool members(Each each) {
    if (!take('{')) return false;
    if (take('}')) return true;
    std::string_view name;
    do {
      if (!text(name) || !take(':') || !each(name)) return false;
    } while (take(','));
    return take('}');
  }
  template <class Each>
  bool elements(Each each) {
    if (!take('[')) return false;
    if (take(']')) return true;
    do {
      if (!each()) return false;
    } while (take(','));
    return take(']');
  }

 private:
  bool bare(std::string_view& out) {
    skip_space();
    const std::size_t from = at_;
    while (at_ < text_.size() && std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos) ++at_;
    out = text_.substr(from, at_ - from);
    return !out.empty();
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }
  std::string_view text_;
  std::size_t at_{0};
};

struct Line {
  std::string_view id{}, metric{};
  std::optional<double> time{}, value{};
};

class Gatherer {
 public:
  void take(const Line& line) {
    const auto metric = std::ranges::find(kNames, line.metric);
    const bool is_known = metric != kNames.end() && line.value && *line.value >= 0 && line.time && *line.time > 0 &&
                          *line.time < 1e11 && is_ours(line.id);
    if (!is_known) return;
    if (Sampled* sampled = sample_at(line.id, static_cast<std::int64_t>(*line.time)))
      sampled->values[static_cast<std::size_t>(metric - kNames.begin())] = *line.value;
  }
  [[nodiscard]] bool is_full() const { return count_ > kMostSampled; }
  Exported finish() { return std::move(out_); }

 private:
  static bool is_ours(std::string_view id) {
    if (id.size() > kLongestText || id.find('\\') != std::string_view::npos) return false;
    return id.starts_with("node/") || id.starts_with("qemu/") || id.starts_with("lxc/") || id.starts_with("storage/");
  }
  Sampled* sample_at(std::string_view id, std::int64_t time) {
    if (id != last_id_ || last_ == nullptr) {
      auto found = out_.find(id);
      if (found == out_.end()) found = out_.emplace(std::string(id), std::vector<Sampled>{}).first;
      last_id_ = id;
      last_ = &found->second;
    }
    auto at = last_->end();  // they come by time
    while (at != last_->begin() && std::prev(at)->time > time) --at;
    if (at != last_->begin() && std::prev(at)->time == time) return &*std::prev(at);
    if (last_->size() >= kMostSampledTimes) return nullptr;
    ++count_;
    Sampled fresh;
    fresh.time = time;
    return &*last_->insert(at, fresh);
  }

  Exported out_{};
  std::string_view last_id_{};
  std::vector<Sampled>* last_{nullptr};
  std::size_t count_{0};
};

bool read_line(Scanner& in, Line& line) {
  line = {};
  return in.members([&](std::string_view name) {
    if (name == "id") return in.is_next('"') ? in.text(line.id) : in.pass(0);
    if (name == "metric") return in.is_next('"') ? in.text(line.metric) : in.pass(0);
    if (name == "timestamp") return in.number(line.time);
    if (name == "value") return in.number(line.value);
    return in.pass(0);
  });
}

}  // namespace

Result<Exported> parse_export(std::string_view body) {
  Scanner in(body);
  Gatherer gatherer;
  Line line;
  bool has_lines = false;
  const auto each_line = [&] {
    if (!in.is_next('{')) return in.pass(0);
    if (!read_line(in, line)) return false;
    gatherer.take(line);
    return !gatherer.is_full();
  };
  const auto inner = [&](std::string_view name) {
    if (name != "data" || !in.is_next('[')) return in.pass(0);
    has_lines = true;
    return in.elements(each_line);
  };
  const auto outer = [&](std::string_view name) {
    return name == "data" && in.is_next('{') ? in.members(inner) : in.pass(0);
  };
  const bool is_whole = in.members(outer) && in.is_at_end();
  if (gatherer.is_full())
    return fail(Errc::too_large, "metrics/export holds more than " + std::to_string(kMostSampled) + " samples");
  if (!is_whole) return fail(Errc::protocol, "metrics/export: not JSON, or cut off");
  if (!has_lines) return fail(Errc::protocol, "metrics/export: no list of samples");
  return gatherer.finish();
}

net::Task<Result<std::string>> ask_export(Client& client, ExportWish wish) {
  std::string path = "/cluster/metrics/export";
  std::string separator = "?";
  const auto add = [&](const std::string& parameter) {
    path += separator + parameter;
    separator = "&";
  };
  if (wish.since > 0) {  // without it, or with 0, all of half an hour would come (M1)
    add("history=1");
    add("start-time=" + std::to_string(wish.since));
  }
  if (!wish.node.empty() && !is_node_name(wish.node)) co_return fail(Errc::invalid, "not a node's name");
  if (!wish.node.empty()) add("node-list=" + wish.node);
  if (wish.from.exists()) add("local-only=1");
  Result<Reply> answer = fail(Errc::unreachable, "not asked");
  if (wish.from.exists())
    answer = co_await client.get_from(wish.from, path, CallClass::metrics);
  else
    answer = co_await client.get(path, CallClass::metrics);
  if (!answer) co_return fail(answer.error());
  const std::string said = std::to_string(answer->status) + " " + answer->reason;
  if (answer->status == 404 || answer->status == 501) co_return fail(Errc::not_found, said);
  if (answer->status == 403) co_return fail(Errc::denied, said);
  if (!answer->is_ok()) co_return fail(Errc::unavailable, said);
  co_return std::move(answer->body);
}

bool gathers_for_tokens(std::string_view version) {
  std::array<int, 3> parts{};
  const char* at = version.data();
  const char* const end = at + version.size();
  for (int& part : parts) {
    const auto read = std::from_chars(at, end, part);
    if (read.ec != std::errc{}) break;
    at = read.ptr;
    if (at == end || *at != '.') break;
    ++at;
  }
  return parts >= std::array<int, 3>{9, 0, 13};
}

}  // namespace monitorix::proxmox
