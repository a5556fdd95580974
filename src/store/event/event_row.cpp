#include "store/event/event_row.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "store/sql/queries.h"

namespace monitorix::store {
namespace {

std::string doc_of(const Event& event) {
  JsonWriter out;
  out.begin_object().member("name", event.name);
  if (event.from) out.member("from", *event.from);
  if (event.to) out.member("to", *event.to);
  if (event.task) {
    const EndedTask& task = *event.task;
    out.member("upid", task.upid).member("node", task.node).member("type", task.type).member("target", task.target);
    if (task.status) out.member("status", *task.status);
  }
  out.end_object();
  return out.take();
}

std::optional<std::string> text_in(const Json& doc, std::string_view name) {
  const Json* member = doc.find(name);
  return member != nullptr && member->as_string() != nullptr ? std::optional(*member->as_string()) : std::nullopt;
}

template <class Enum>
Enum read_enum(std::int64_t number, Enum last) {
  return number >= 0 && number <= static_cast<std::int64_t>(last) ? static_cast<Enum>(number) : Enum{};
}

}  // namespace

Status save_events(Link& link, const std::vector<Event>& events) {
  for (const Event& event : events) {
    const Values values{ms(event.at),
                        ms(event.until),
                        static_cast<std::int64_t>(event.kind),
                        static_cast<std::int64_t>(event.severity),
                        event.cluster.value,
                        event.object,
                        event.place.empty() ? Value{} : Value{event.place},
                        event.task ? Value{event.task->user} : Value{},
                        doc_of(event),
                        event.key};
    if (auto saved = link.run(queries::event_save, values); !saved)
      return fail(std::move(saved).error().within("event of " + event.object));
  }
  return {};
}

Event read_event(const Row& row) {
  Event event;
  event.id = row.integer(0);
  event.at = row.time(1);
  event.until = row.time(2);
  event.kind = read_enum(row.integer(3), EventKind::notice);
  event.severity = read_enum(row.integer(4), EventSeverity::error);
  event.cluster = ClusterId{row.integer(5)};
  event.object = row.text(6);
  event.place = row.text(7);
  event.key = row.text(10);
  const auto doc = Json::parse(row.text(9));
  if (!doc) return event;
  event.name = text_in(*doc, "name").value_or("");
  event.from = text_in(*doc, "from");
  event.to = text_in(*doc, "to");
  if (event.kind != EventKind::task) return event;
  event.task = EndedTask{text_in(*doc, "upid").value_or(""),   text_in(*doc, "node").value_or(""),
                         text_in(*doc, "type").value_or(""),   row.text(8),
                         text_in(*doc, "target").value_or(""), text_in(*doc, "status")};
  return event;
}

}  // namespace monitorix::store
