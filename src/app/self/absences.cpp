#include "app/self/absences.h"

#include <algorithm>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/time_text.h"
#include "history/objects.h"

namespace monitorix::app {
namespace {

constexpr auto kAway = "own.away", kEnded = "own.ended";
constexpr std::chrono::milliseconds kLook{250};

struct Remembered {
  std::vector<api::Absence> away{};
  std::optional<WallTime> ended_at{};
};

Result<Remembered> remembered(store::Store& store) {
  const auto settings = store.settings();
  if (!settings) return fail(settings.error());
  Remembered out;
  for (const store::Setting& setting : *settings) {
    if (setting.key == kAway) out.away = decode_absences(setting.value);
    if (setting.key == kEnded) out.ended_at = parse_rfc3339(setting.value);
  }
  return out;
}

}  // namespace

std::string encode_absences(const std::vector<api::Absence>& all) {
  JsonWriter out;
  out.begin_array();
  for (const api::Absence& one : all)
    out.begin_object().member("from", rfc3339(one.from)).member("to", rfc3339(one.to)).end_object();
  return out.end_array().take();
}

std::vector<api::Absence> decode_absences(const std::string& text) {
  std::vector<api::Absence> out;
  const auto json = Json::parse(text);
  const auto* array = json ? json->as_array() : nullptr;
  if (!array) return out;
  const auto time_in = [](const Json& one, std::string_view name) {
    const Json* member = one.find(name);
    const std::string* word = member ? member->as_string() : nullptr;
    return word ? parse_rfc3339(*word) : std::nullopt;
  };
  for (const Json& one : *array) {
    if (!one.as_object()) continue;
    const auto from = time_in(one, "from"), to = time_in(one, "to");
    if (from && to && *from < *to) out.push_back({*from, *to});
  }
  return out;
}

void Absences::begin() { parts_.loop.spawn("absences", look()); }

/// Once, when the logs of the time before are read: the last row before this start is known then.
net::Task<> Absences::look() {
  while (parts_.archive.recorder().is_recovering()) co_await net::sleep_for(kLook);
  std::function<Result<Remembered>()> question = [store = &parts_.store] { return remembered(*store); };
  const auto before = co_await net::offload<Remembered>(pool_, std::move(question));
  if (!before) {
    log::debug("when we were away is not known", {{"error", before.error()}});
    co_return;
  }
  known_.insert(known_.begin(), before->away.begin(), before->away.end());
  const WallTime started = parts_.archive.started();
  std::optional<WallTime> last = parts_.last_beat();
  if (before->ended_at && *before->ended_at <= started) last = std::max(last, before->ended_at);
  if (const auto fleet = parts_.archive.recorder().find(std::string(history::kFleetKey))) {
    const auto row = co_await parts_.archive.last_before_start(pool_, *fleet);
    if (row && *row > 0) last = std::max(last, std::optional(from_seconds(*row)));
  }
  if (!last || started - *last <= kLongest) co_return;
  log::info("Monitorix was away", {{"from", rfc3339(*last)}, {"to", rfc3339(started)}});
  add({*last, started});
}

void Absences::add_standstill(std::chrono::milliseconds lasted) {
  if (lasted <= kLongest) return;
  const WallTime now = parts_.clock.wall();
  add({now - lasted, now});
}

void Absences::add(api::Absence absence) {
  known_.push_back(absence);
  if (known_.size() > kMostKept) known_.erase(known_.begin());
  pool_.submit([store = &parts_.store, text = encode_absences(known_)] {
    if (auto kept = store->put_setting({.key = kAway, .value = text}, 0); !kept)
      log::debug("that we were away is not kept", {{"error", kept.error()}});
  });
}

void Absences::finish() {
  const std::string now = rfc3339(parts_.clock.wall());
  if (auto kept = parts_.store.put_setting({.key = kEnded, .value = now}, 0); !kept)
    log::debug("when we ended is not kept", {{"error", kept.error()}});
}

}  // namespace monitorix::app
