// Escalation paths as JSON, and back. Hours of a day are as clocks show them: 22:00, or 24:00 for its end.

#include "api/alerts/route_json.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

using std::chrono::duration_cast;
using std::chrono::minutes;

constexpr std::size_t kMostSteps = 20, kMostChannels = 100;
constexpr std::int64_t kLongest = 10'080;
/// In the order of the bits of WeekHours.
constexpr std::array<std::string_view, 7> kDays{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
constexpr std::uint8_t kEveryDay = 0x7f;

std::string clock_text(minutes at) {
  const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return two(at.count() / 60) + ":" + two(at.count() % 60);
}

std::optional<minutes> clock_time(const std::string& text) {
  const auto is_digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t at : {0U, 1U, 3U, 4U})
    if (!is_digit(at)) return std::nullopt;
  const int hour = (text[0] - '0') * 10 + (text[1] - '0'), minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour > 24 || (hour == 24 && minute > 0)) return std::nullopt;
  return minutes{hour * 60 + minute};
}

void read_clock(Fields& body, std::string_view name, minutes& into) {
  const auto text = body.required_text(name, {5, 5});
  if (const auto at = clock_time(text))
    into = *at;
  else if (!text.empty())
    body.wrong(name, "invalid", "must be a time of day as 07:30");
}

void read_days(Fields& body, std::uint8_t& into) {
  const auto days = body.texts("days", kDays.size(), {2, 2});
  if (!days) return;
  into = 0;
  for (const std::string& day : *days) {
    const auto found = std::ranges::find(kDays, day);
    if (found == kDays.end())
      body.wrong("days", "invalid", "must be of MO, TU, WE, TH, FR, SA, SU");
    else
      into = static_cast<std::uint8_t>(into | (1U << static_cast<unsigned>(found - kDays.begin())));
  }
  if (days->empty()) body.wrong("days", "required", "must not be empty");
}

std::optional<WeekHours> read_hours(const Desk& desk, Fields& step) {
  if (!step.has("time_window") || step.is_null("time_window")) return std::nullopt;
  auto body = step.object("time_window");
  if (!body) return std::nullopt;
  WeekHours hours{.days = kEveryDay};
  read_days(*body, hours.days);
  read_clock(*body, "from", hours.from);
  read_clock(*body, "to", hours.until);
  if (hours.from == minutes{1440}) body->wrong("from", "invalid", "must be before 24:00");
  if (const auto zone = body->text("time_zone", {1, 64})) {
    hours.time_zone = *zone == "UTC" ? std::string() : *zone;
    if (const auto fine = desk.house.alerts.judge_zone(*zone); !fine)
      body->wrong("time_zone", "invalid", "there is no such time zone");
  }
  step.take_errors(*body);
  return hours;
}

void read_channels(Fields& body, const std::vector<ChannelId>& known, RouteStep& step) {
  step.is_to_all = body.flag("all_channels").value_or(false);
  const auto ids = body.texts("channel_ids", kMostChannels, {1, 20});
  for (const std::string& text : ids.value_or(std::vector<std::string>{})) {
    const auto id = parse_id(text);
    if (!id || std::ranges::find(known, ChannelId{*id}) == known.end())
      body.wrong("channel_ids", "unknown", "there is no channel " + valid_utf8(text, 20));
    else if (std::ranges::find(step.channels, ChannelId{*id}) == step.channels.end())
      step.channels.push_back(ChannelId{*id});
  }
  if (step.is_to_all && !step.channels.empty())
    body.wrong("channel_ids", "invalid", "must be empty when all channels are told");
  if (!step.is_to_all && ids.value_or(std::vector<std::string>{}).empty())
    body.wrong("channel_ids", "required", "a step tells somebody");
}

void read_steps(const Desk& desk, Fields& body, const std::vector<ChannelId>& known, Escalation& route) {
  auto all = body.objects("steps", kMostSteps);
  if (!all) return;
  route.steps.clear();
  for (Fields& one : *all) {
    RouteStep step;
    step.after = minutes{one.number("after_minutes", 0, kLongest).value_or(0)};
    if (!one.has("after_minutes")) one.wrong("after_minutes", "required", "must be given");
    if (!route.steps.empty() && step.after < route.steps.back().after)
      one.wrong("after_minutes", "invalid", "must not be earlier than the step before");
    read_channels(one, known, step);
    read_choice(one, "min_severity", step.min_severity, "critical, warning, info");
    step.hours = read_hours(desk, one);
    body.take_errors(one);
    route.steps.push_back(std::move(step));
  }
}

void write_hours(JsonWriter& out, const std::optional<WeekHours>& hours) {
  out.key("time_window");
  if (!hours) {
    out.null();
    return;
  }
  out.begin_object().key("days").begin_array();
  for (std::size_t day = 0; day < kDays.size(); ++day)
    if ((hours->days >> day & 1) != 0) out.value(kDays.at(day));
  out.end_array().member("from", clock_text(hours->from)).member("to", clock_text(hours->until));
  out.member("time_zone", hours->time_zone.empty() ? std::string("UTC") : hours->time_zone).end_object();
}

}  // namespace

void read_route(const Desk& desk, Fields& body, bool is_new, const std::vector<ChannelId>& channels,
                Escalation& route) {
  if (is_new)
    route.name = body.required_text("name", {1, 100});
  else if (const auto name = body.text("name", {1, 100}))
    route.name = *name;
  read_steps(desk, body, channels, route);
  if (route.steps.empty()) body.wrong("steps", "required", "there must be a step");
  if (body.is_null("repeat_last_minutes"))
    route.repeat_last.reset();
  else if (const auto span = body.number("repeat_last_minutes", 1, kLongest))
    route.repeat_last = minutes{*span};
  const bool was_default = route.is_default;
  route.is_default = body.flag("is_default").value_or(was_default);
  if (was_default && !route.is_default)
    body.wrong("is_default", "invalid", "make another path the default one instead");
}

void write_route(JsonWriter& out, const store::Versioned<Escalation>& kept, std::int64_t rule_count) {
  const Escalation& route = kept.item;
  const auto count = [](std::chrono::milliseconds span) { return std::int64_t{duration_cast<minutes>(span).count()}; };
  out.begin_object().member("id", route.id.text()).member("key", none_if_empty(route.key)).member("name", route.name);
  out.key("steps").begin_array();
  for (const RouteStep& step : route.steps) {
    out.begin_object().member("after_minutes", count(step.after)).member("all_channels", step.is_to_all);
    out.key("channel_ids").begin_array();
    for (const ChannelId id : step.channels) out.value(id.text());
    out.end_array().member("min_severity", severity_name(step.min_severity));
    write_hours(out, step.hours);
    out.end_object();
  }
  out.end_array();
  out.member("repeat_last_minutes",
             route.repeat_last ? std::optional<std::int64_t>(count(*route.repeat_last)) : std::nullopt);
  out.member("is_default", route.is_default).member("rule_count", rule_count);
  out.member("updated_at", rfc3339(kept.updated_at)).end_object();
}

}  // namespace monitorix::api
