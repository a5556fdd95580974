#include "alert/select.h"

#include <algorithm>
#include <array>

namespace monitorix::alert {
namespace {

template <class T>
bool has(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::string_view word_of(EntityKind kind) {
  constexpr std::array<std::string_view, 6> kWords{"monitor", "cluster", "node", "guest", "storage", "service"};
  return kWords.at(static_cast<std::size_t>(kind));
}

std::string_view word_of(Severity severity) {
  constexpr std::array<std::string_view, 3> kWords{"info", "warning", "critical"};
  return kWords.at(static_cast<std::size_t>(severity));
}

bool fits_label(const Matcher& matcher, const Alert& alert, const Member& member, const Rule& rule) {
  const Labels& labels = member.labels;
  const auto is = [&](std::string_view text) { return fits_text(matcher.value, text); };
  if (matcher.label == "kind") return is(word_of(member.entity.kind));
  if (matcher.label == "id") return is(std::to_string(member.entity.id));
  if (matcher.label == "name") return is(labels.name);
  if (matcher.label == "cluster") return is(labels.cluster_name) || is(labels.cluster.text());
  if (matcher.label == "pool") return is(labels.pool);
  if (matcher.label == "node") return is(labels.node);
  if (matcher.label == "rule") return is(rule.name) || is(rule.id.text());
  if (matcher.label == "severity") return is(word_of(alert.severity));
  if (matcher.label == "tag") return std::any_of(labels.tags.begin(), labels.tags.end(), is);
  return false;
}

}  // namespace

bool fits(const Selector& selector, const Member& member) {
  if (selector.type && *selector.type != member.entity.kind) return false;
  if (!selector.entities.empty() && !has(selector.entities, member.entity)) return false;
  if (!selector.clusters.empty() && !has(selector.clusters, member.labels.cluster)) return false;
  if (!selector.pools.empty() && !has(selector.pools, member.labels.pool)) return false;
  const auto& tags = member.labels.tags;
  return selector.tags.empty() ||
         std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) { return has(selector.tags, tag); });
}

bool is_judged(const Rule& rule, const Member& member) {
  if (!fits(rule.selector, member)) return false;
  for (auto one = rule.exceptions.rbegin(); one != rule.exceptions.rend(); ++one)
    if (fits(one->where, member)) return !one->is_off;
  return true;
}

bool fits(const Silence& silence, const Alert& alert, const Member& member, const Rule& rule) {
  return !silence.matchers.empty() &&
         std::all_of(silence.matchers.begin(), silence.matchers.end(), [&](const Matcher& matcher) {
           return fits_label(matcher, alert, member, rule) == matcher.is_equal;
         });
}

bool fits_text(std::string_view pattern, std::string_view text) {
  // Greedy with one way back: the last star takes one character more each time. Linear in practice, no recursion.
  std::size_t p = 0, t = 0, star = std::string_view::npos, taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace monitorix::alert
