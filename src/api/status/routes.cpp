// Status pages: kept by editors, shown to everybody when they are public. What visitors get is at most 30 s old and
// made once for all of them.

#include <algorithm>
#include <utility>

#include "api/list.h"
#include "api/services/services.h"
#include "api/status/page.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

using namespace std::chrono_literals;

constexpr auto kFresh = 30s;
constexpr std::size_t kMostShown = 200;
constexpr std::size_t kKeyBytes = 4;

void write_page(JsonWriter& out, const StatusPage& page) {
  out.begin_object().member("id", std::to_string(page.id)).member("slug", page.slug).member("title", page.title);
  out.member("description", page.description).key("groups").begin_array();
  for (const StatusGroup& group : page.groups) {
    out.begin_object().member("name", group.name).key("items").begin_array();
    for (const StatusItem& item : group.items)
      out.begin_object()
          .member("key", item.key)
          .member("service_id", item.service.text())
          .member("name", item.name)
          .end_object();
    out.end_array().end_object();
  }
  out.end_array().member("theme", page.theme).member("language", page.language).member("is_public", page.is_public);
  out.member("show_history_days", page.show_history_days).key("notices").begin_array();
  write_notices(out, page.notices);
  out.end_array().member("created_at", rfc3339(page.created_at)).member("updated_at", rfc3339(page.updated_at));
  out.end_object();
}

Answer one(const StatusPage& page, int status = 200) {
  JsonWriter out;
  write_page(out, page);
  Answer answer = json(out, status);
  answer.version = std::to_string(page.version);
  return answer;
}

net::Task<Result<std::vector<StatusPage>>> all_pages(Desk& desk) {
  auto asking = desk.ask<std::vector<StatusPage>>([](store::Store& store) { return store.services().status_pages(); });
  co_return co_await std::move(asking);
}

net::Task<Result<StatusPage>> page_of(Desk& desk, const std::string& id) {
  const auto pages = co_await all_pages(desk);
  if (!pages) co_return fail(pages.error());
  for (const StatusPage& page : *pages)
    if (std::to_string(page.id) == id) co_return page;
  co_return fail(Errc::not_found, "there is no such status page");
}

void read_word(Fields& body, std::string_view name, std::string& into,
               std::initializer_list<std::string_view> choices) {
  const auto text = body.text(name, {1, 20});
  if (!text) return;
  if (std::ranges::find(choices, *text) != choices.end())
    into = *text;
  else
    body.wrong(name, "invalid", "is none of those that are known");
}

/// An item keeps its key, so that badges on other pages go on.
std::string key_for(const std::vector<StatusGroup>& before, ServiceId service, const std::string& name) {
  std::string found;
  for (const StatusGroup& group : before)
    for (const StatusItem& item : group.items)
      if (item.service == service && (found.empty() || item.name == name)) found = item.key;
  return found.empty() ? to_hex(random_bytes(kKeyBytes)) : found;
}

void read_groups(const Desk& desk, const Call& call, Fields& body, StatusPage& page) {
  auto groups = body.objects("groups", 50);
  if (!groups) return;
  const auto before = std::exchange(page.groups, {});
  for (Fields& group : *groups) {
    StatusGroup read{.name = group.text("name", {0, 100}).value_or("")};
    auto items = group.objects("items", 200);
    if (!items) items.emplace();
    for (Fields& item : *items) {
      StatusItem one{.name = item.required_text("name", {1, 100})};
      const auto id = item.required_text("service_id", {1, 20});
      const auto view = visible_service(call.caller, *desk.house.snapshot(), id);
      if (view)
        one.service = view->id;
      else
        item.wrong("service_id", "not_found", "there is no such service");
      one.key = key_for(before, one.service, one.name);
      read.items.push_back(std::move(one));
      group.take_errors(item);
    }
    body.take_errors(group);
    page.groups.push_back(std::move(read));
  }
}

void read_notices(Fields& body, StatusPage& page) {
  auto notices = body.objects("notices", 20);
  if (!notices) return;
  page.notices.clear();
  for (Fields& one : *notices) {
    StatusNotice notice{.title = one.required_text("title", {1, 200})};
    notice.text = one.text("text", {0, 4000, false, false}).value_or("");
    read_word(one, "severity", notice.severity, {"info", "warning", "critical"});
    const auto at = parse_rfc3339(one.required_text("at", {1, 40}));
    if (at)
      notice.at = *at;
    else
      one.wrong("at", "invalid", "must be a time as 2027-01-31T12:00:00Z");
    body.take_errors(one);
    page.notices.push_back(std::move(notice));
  }
}

bool is_slug(std::string_view text) {
  if (text.empty() || text.front() == '-' || text.back() == '-' || text.find("--") != std::string_view::npos)
    return false;
  return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

void read_page(const Desk& desk, const Call& call, Fields& body, StatusPage& page, bool is_new) {
  if (const auto slug = is_new ? std::optional(body.required_text("slug", {1, 64})) : body.text("slug", {1, 64})) {
    page.slug = *slug;
    if (!is_slug(page.slug)) body.wrong("slug", "invalid", "small letters, digits and single dashes between them");
  }
  if (auto title = is_new ? std::optional(body.required_text("title", {1, 100})) : body.text("title", {1, 100}))
    page.title = std::move(*title);
  if (auto text = body.text("description", {0, 2000, false, false})) page.description = std::move(*text);
  read_groups(desk, call, body, page);
  read_word(body, "theme", page.theme, {"system", "light", "dark"});
  read_word(body, "language", page.language, {"en", "nb", "sv", "da", "fi", "de", "fr"});
  if (const auto flag = body.flag("is_public")) page.is_public = *flag;
  if (const auto days = body.number("show_history_days", 1, 90)) page.show_history_days = static_cast<int>(*days);
  read_notices(body, page);
}

net::Task<Answer> list_pages(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"q", "sort", "limit", "cursor", "count"}); !known)
    co_return bad_query(known.error());
  auto pages = co_await all_pages(desk);
  if (!pages) co_return from_error(pages.error());
  const auto q = lower(call.query.text("q"));
  std::erase_if(*pages, [&](const StatusPage& page) { return !has_text(page.title, q) && !has_text(page.slug, q); });
  Selection selection;
  for (const StatusPage& page : *pages) selection.ids.push_back(page.id);
  selection.encode = [&](JsonWriter& out, std::size_t at) { write_page(out, (*pages)[at]); };
  selection.sorts["title"] = [&](std::size_t at) { return SortKey(lower((*pages)[at].title)); };
  selection.sorts["slug"] = [&](std::size_t at) { return SortKey((*pages)[at].slug); };
  co_return list_answer(call, ListForm::envelope, selection);
}

net::Task<Answer> get_page(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto page = co_await page_of(desk, call.ids[0]);
  co_return page ? one(*page) : from_error(page.error());
}

net::Task<Answer> create_page(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  StatusPage page;
  read_page(desk, call, *body, page, true);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  page.created_at = page.updated_at = desk.house.clock.wall();
  auto asking = desk.ask<StatusPage>([page](store::Store& store) { return store.services().create_status_page(page); });
  const auto made = co_await std::move(asking);
  if (!made) co_return from_error(made.error());
  desk.status_shown.clear();
  co_await desk.audit(deed(desk, call, "create", "status_page", std::to_string(made->id), made->title));
  Answer answer = one(*made, 201);
  answer.headers.emplace_back("Location", "/api/status-pages/" + std::to_string(made->id));
  co_return answer;
}

net::Task<Answer> update_page(Desk& desk, Call& call) {
  auto page = co_await page_of(desk, call.ids[0]);
  if (!page) co_return from_error(page.error());
  if (auto stale = refuse_stale(call.request, std::to_string(page->version), "the status page"))
    co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const StatusPage before = *page;
  read_page(desk, call, *body, *page, false);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  page->updated_at = desk.house.clock.wall();
  auto asking = desk.ask<StatusPage>(
      [page = *page](store::Store& store) { return store.services().update_status_page(page, page.version); });
  const auto changed = co_await std::move(asking);
  if (!changed) co_return from_error(changed.error());
  desk.status_shown.clear();
  Changes changes;
  changes.of("title", before.title, changed->title).of("is_public", before.is_public, changed->is_public);
  co_await desk.audit(
      deed(desk, call, "update", "status_page", std::to_string(changed->id), changed->title, std::move(changes)));
  co_return one(*changed);
}

net::Task<Answer> delete_page(Desk& desk, Call& call) {
  const auto page = co_await page_of(desk, call.ids[0]);
  if (!page) co_return from_error(page.error());
  if (auto stale = refuse_stale(call.request, std::to_string(page->version), "the status page"))
    co_return std::move(*stale);
  auto telling = desk.tell([id = page->id](store::Store& store) { return store.services().remove_status_page(id); });
  if (const auto done = co_await std::move(telling); !done) co_return from_error(done.error());
  desk.status_shown.clear();
  co_await desk.audit(deed(desk, call, "delete", "status_page", std::to_string(page->id), page->title));
  co_return no_content();
}

/// What all visitors see now; an address that is none costs those who try it.
net::Task<std::shared_ptr<const ShownPage>> shown_page(Desk& desk, Call& call) {
  const std::string slug = call.ids[0];
  const WallTime now = desk.house.clock.wall();
  const auto known = desk.status_shown.find(slug);
  if (known != desk.status_shown.end() && now - known->second->as_of < kFresh && now >= known->second->as_of)
    co_return known->second;
  if (!desk.throttle.count_anonymous_call(call.address).allowed) co_return nullptr;
  const auto pages = co_await all_pages(desk);
  if (!pages) co_return nullptr;
  for (const StatusPage& page : *pages) {
    if (page.slug != slug || !page.is_public) continue;
    if (desk.status_shown.size() >= kMostShown) desk.status_shown.clear();
    auto shown = std::make_shared<const ShownPage>(
        show_page(page, *desk.house.snapshot(), desk.house.checks.watch, desk.house.clock.wall()));
    desk.status_shown[slug] = shown;
    co_return shown;
  }
  co_return nullptr;
}

Answer for_everybody(std::string body, std::string type) {
  Answer answer;
  answer.body = std::move(body);
  answer.content_type = std::move(type);
  answer.headers.emplace_back("Cache-Control", "public, max-age=30");
  return answer;
}

net::Task<Answer> html(Desk& desk, Call& call) {
  const auto page = co_await shown_page(desk, call);
  co_return page ? for_everybody(page_as_html(*page), "text/html; charset=utf-8") : not_found();
}

net::Task<Answer> public_json(Desk& desk, Call& call) {
  const auto page = co_await shown_page(desk, call);
  co_return page ? for_everybody(page_as_json(*page), "application/json") : not_found();
}

net::Task<Answer> badge_svg(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"item", "of"}); !known) co_return bad_query(known.error());
  const std::string of = call.query.find("of") ? call.query.text("of") : "status";
  if (of != "status" && of != "uptime") co_return problem(400, "bad_request", "of must be status or uptime");
  const auto page = co_await shown_page(desk, call);
  if (!page) co_return not_found();
  std::string name = page->title, status = page->status;
  std::optional<double> percent;
  const auto* wanted_key = call.query.find("item");
  bool is_found = wanted_key == nullptr;
  for (const ShownGroup& group : page->groups)
    for (const ShownItem& item : group.items) {
      if (wanted_key != nullptr && item.key != *wanted_key) continue;
      is_found = true;
      if (wanted_key != nullptr) name = item.name, status = item.status;
      if (item.percent) percent = std::min(percent.value_or(100), *item.percent);
    }
  if (!is_found) co_return not_found();
  std::string right = status_word(status, page->language);
  if (of == "uptime") right = percent ? percent_text(*percent) : "–";
  Answer answer = for_everybody(badge(name, right, status), "image/svg+xml");
  answer.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");  // it is for other pages
  co_return answer;
}

Answer style(Desk&, Call&) { return for_everybody(std::string(page_style()), "text/css; charset=utf-8"); }

}  // namespace

void add_status_page_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/status-pages", Access::viewer, with(desk, list_pages));
  must_add(router, "POST", "/api/status-pages", Access::editor, with(desk, create_page));
  must_add(router, "GET", "/api/status-pages/{id}", Access::viewer, with(desk, get_page));
  must_add(router, "PUT", "/api/status-pages/{id}", Access::editor, with(desk, update_page));
  must_add(router, "PATCH", "/api/status-pages/{id}", Access::editor, with(desk, update_page));
  must_add(router, "DELETE", "/api/status-pages/{id}", Access::editor, with(desk, delete_page));
  must_add(router, "GET", "/status/style.css", Access::open, with(desk, style));
  must_add(router, "GET", "/status/{slug}", Access::open, with(desk, html));
  must_add(router, "GET", "/status/{slug}.json", Access::open, with(desk, public_json));
  must_add(router, "GET", "/status/{slug}/badge.svg", Access::open, with(desk, badge_svg));
}

}  // namespace monitorix::api
