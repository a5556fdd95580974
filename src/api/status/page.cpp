#include "api/status/page.h"

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/time_text.h"
#include "verdict/timeline/bar.h"

namespace monitorix::api {
namespace {

using verdict::Shown;
using namespace std::chrono_literals;

/// The worst of several; nothing known is better than down and worse than up.
int badness(const std::string& status) {
  constexpr auto kOrder = std::to_array<std::string_view>({"up", "maintenance", "unknown", "warning", "down"});
  return static_cast<int>(std::ranges::find(kOrder, status) - kOrder.begin());
}

/// What stands below a service is nobody's business here: unreachable is down.
std::string word_of(Shown shown) {
  switch (shown) {
    case Shown::up: return "up";
    case Shown::degraded: return "warning";
    case Shown::down:
    case Shown::unreachable: return "down";
    case Shown::unknown:
    case Shown::paused: return "unknown";
  }
  return "unknown";
}

std::optional<double> percent_of(const std::optional<verdict::Share>& share) {
  return share ? std::optional(static_cast<double>(verdict::truncated_percent(*share, 2)) / 100) : std::nullopt;
}

ShownItem show_item(const StatusItem& item, const state::ServiceView* view, const watch::Watch& watch, int days,
                    WallTime now) {
  ShownItem out{.key = item.key, .name = item.name, .status = "unknown"};
  if (view == nullptr) return out;  // it was forgotten since
  out.status = view->in_maintenance ? "maintenance" : word_of(static_cast<Shown>(view->status));
  const auto span = verdict::bar_span(now, 24h, days);
  const auto timeline = watch.timeline(view->id, span, now);
  out.percent = percent_of(verdict::uptime(verdict::totals_of(timeline), {}));
  for (const verdict::Cell& cell : verdict::bar(timeline, span, days)) {
    ShownDay day{.date = rfc3339(cell.span.begin).substr(0, 10)};
    if (cell.worst) day.status = cell.in_maintenance ? "maintenance" : word_of(*cell.worst);
    day.percent = percent_of(verdict::uptime(cell.totals, {}));
    out.days.push_back(std::move(day));
  }
  return out;
}

void write_item(JsonWriter& out, const ShownItem& item) {
  out.begin_object().member("key", item.key).member("name", item.name).member("status", item.status);
  out.member("uptime_percent", item.percent).key("days").begin_array();
  for (const ShownDay& day : item.days) {
    out.begin_object().member("date", day.date);
    out.member("status", none_if_empty(day.status));
    out.member("uptime_percent", day.percent).end_object();
  }
  out.end_array().end_object();
}

}  // namespace

ShownPage show_page(const StatusPage& page, const state::Snapshot& world, const watch::Watch& watch, WallTime now) {
  ShownPage out{.title = page.title, .description = page.description, .status = "up"};
  out.language = page.language;
  out.theme = page.theme;
  out.as_of = now;
  out.notices = page.notices;
  bool has_items = false;
  for (const StatusGroup& group : page.groups) {
    ShownGroup shown{.name = group.name};
    for (const StatusItem& item : group.items) {
      const auto view = world.service(item.service);
      shown.items.push_back(show_item(item, view.get(), watch, page.show_history_days, now));
      if (badness(shown.items.back().status) > badness(out.status)) out.status = shown.items.back().status;
      has_items = true;
    }
    out.groups.push_back(std::move(shown));
  }
  if (!has_items) out.status = "unknown";
  return out;
}

void write_notices(JsonWriter& out, const std::vector<StatusNotice>& notices) {
  for (const StatusNotice& notice : notices)
    out.begin_object()
        .member("title", notice.title)
        .member("text", notice.text)
        .member("severity", notice.severity)
        .member("at", rfc3339(notice.at))
        .end_object();
}

std::string page_as_json(const ShownPage& page) {
  JsonWriter out;
  out.begin_object().member("title", page.title).member("description", page.description);
  out.member("status", page.status).member("as_of", rfc3339(page.as_of)).key("groups").begin_array();
  for (const ShownGroup& group : page.groups) {
    out.begin_object().member("name", group.name).key("items").begin_array();
    for (const ShownItem& item : group.items) write_item(out, item);
    out.end_array().end_object();
  }
  out.end_array().key("notices").begin_array();
  write_notices(out, page.notices);
  return out.end_array().end_object().take();
}

}  // namespace monitorix::api
