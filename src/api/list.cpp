#include "api/list.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "live/channel.h"

namespace monitorix::api {
namespace {

struct Order {
  std::function<SortKey(std::size_t)> key{};
  bool descending{false};
};

Result<std::vector<Order>> read_sort(const std::string& text, const Selection& selection) {
  std::vector<Order> orders;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find(',');
    auto name = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    const bool descending = name.starts_with('-');
    if (descending) name.remove_prefix(1);
    const auto found = selection.sorts.find(std::string(name));
    if (found == selection.sorts.end() || orders.size() == 4)
      return fail(Errc::invalid, "sort: unknown field '" + escape_controls(name.substr(0, 64)) + "'");
    orders.push_back({found->second, descending});
  }
  return orders;
}

std::vector<std::size_t> sorted(const Selection& selection, const std::vector<Order>& orders) {
  std::vector<std::size_t> positions(selection.ids.size());
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  if (orders.empty()) return positions;
  std::vector<std::vector<SortKey>> keys(orders.size());
  for (std::size_t at = 0; at < orders.size(); ++at) {
    keys[at].reserve(positions.size());
    for (const auto position : positions) keys[at].push_back(orders[at].key(position));
  }
  std::ranges::sort(positions, [&](std::size_t a, std::size_t b) {
    for (std::size_t at = 0; at < orders.size(); ++at) {
      const auto& left = keys[at][a];
      const auto& right = keys[at][b];
      if (left != right) return orders[at].descending ? right < left : left < right;
    }
    return selection.ids[a] < selection.ids[b];
  });
  return positions;
}

std::optional<std::int64_t> id_of(const std::string& cursor) {
  std::string text;
  return base64url_decode(cursor, text) ? parse_id(text) : std::nullopt;
}
std::string cursor_of(std::int64_t id) { return base64url(std::to_string(id)); }

/// The cursor is the id of the last item of the page before.
Result<std::size_t> start_of(const std::string& cursor, const Selection& selection,
                             const std::vector<std::size_t>& positions) {
  if (cursor.empty()) return std::size_t{0};
  const auto id = id_of(cursor);
  if (!id) return fail(Errc::invalid, "cursor is not one of ours");
  for (std::size_t at = 0; at < positions.size(); ++at)
    if (selection.ids[positions[at]] == *id) return at + 1;
  return fail(Errc::invalid, "cursor is stale: start again without it");
}

struct Page {
  std::size_t from{}, to{}, total{};
  std::string next{};
};

std::string items_of(const Selection& selection, const std::vector<std::size_t>& positions, const Page& page) {
  JsonWriter out;
  out.begin_array();
  for (std::size_t at = page.from; at < page.to; ++at) selection.encode(out, positions[at]);
  out.end_array();
  return out.take();
}

std::string next_link(const Call& call, const std::string& cursor) {
  std::string query;
  std::string_view rest = call.request.query;
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto piece = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (!piece.starts_with("cursor=")) query += std::string(piece) + '&';
  }
  return '<' + call.request.path + '?' + query + "cursor=" + cursor + ">; rel=\"next\"";
}

Answer encoded_answer(std::string body, std::vector<std::pair<std::string, std::string>> headers) {
  auto encoded = std::make_shared<Encoded>(*encode_once(std::move(body)));
  encoded->headers = std::move(headers);
  Answer answer;
  answer.encoded = std::move(encoded);
  return answer;
}

Answer envelope(const std::string& items, const std::string& next, std::optional<std::uint64_t> total) {
  JsonWriter out;
  out.begin_object().key("items").raw(items).key("next_cursor");
  if (next.empty())
    out.null();
  else
    out.value(next);
  out.key("total");
  if (total)
    out.value(*total);
  else
    out.null();
  out.end_object();
  return encoded_answer(out.take(), {});
}

}  // namespace

Answer bad_query(const Error& error) {
  const bool unknown = error.text.starts_with("unknown parameter");
  return problem(400, unknown ? "unknown_parameter" : "bad_request", error.text);
}

Answer list_answer(const Call& call, ListForm form, const Selection& selection) {
  const auto limit = call.query.number("limit", 100, 1, 1000);
  if (!limit) return bad_query(limit.error());
  const auto count = call.query.flag("count", false);
  if (!count) return bad_query(count.error());
  const auto in_envelope = call.query.flag("envelope", form == ListForm::envelope);
  if (!in_envelope) return bad_query(in_envelope.error());
  const auto orders = read_sort(call.query.text("sort"), selection);
  if (!orders) return bad_query(orders.error());
  const auto positions = sorted(selection, *orders);
  const auto start = start_of(call.query.text("cursor"), selection, positions);
  if (!start) return bad_query(start.error());
  Page page{*start, std::min(positions.size(), *start + static_cast<std::size_t>(*limit)), positions.size(), {}};
  if (page.to < positions.size()) page.next = cursor_of(selection.ids[positions[page.to - 1]]);
  const std::string items = items_of(selection, positions, page);
  if (*in_envelope) return envelope(items, page.next, *count ? std::optional<std::uint64_t>(page.total) : std::nullopt);
  std::vector<std::pair<std::string, std::string>> headers{{"X-Total-Count", std::to_string(page.total)}};
  if (!page.next.empty()) {
    headers.emplace_back("X-Next-Cursor", page.next);
    headers.emplace_back("Link", next_link(call, page.next));
  }
  return encoded_answer(items, std::move(headers));
}

Result<PageWish> read_page(const Query& query) {
  const auto limit = query.number("limit", 100, 1, 1000);
  if (!limit) return fail(limit.error());
  const auto count = query.flag("count", false);
  if (!count) return fail(count.error());
  PageWish wish{.limit = static_cast<std::size_t>(*limit), .is_counted = *count};
  if (const std::string cursor = query.text("cursor"); !cursor.empty()) {
    wish.before = id_of(cursor);
    if (!wish.before) return fail(Errc::invalid, "cursor is not one of ours");
  }
  return wish;
}

Answer page_answer(const std::string& items, std::optional<std::int64_t> next, std::optional<std::uint64_t> total) {
  return envelope(items, next ? cursor_of(*next) : std::string(), total);
}

Answer cached(Desk& desk, const Call& call, const std::function<Answer()>& make) {
  const auto world = desk.house.snapshot();
  std::string key = call.request.path + '?' + call.request.query;
  if (!(call.caller.scope == live::Scope{}))
    key += '\x1d' + live::key_of({live::Stream::overview, {}, call.caller.scope});
  if (auto kept = desk.lists.find(key, world->revision)) {
    Answer answer;
    answer.encoded = std::move(kept);
    return answer;
  }
  Answer answer = make();
  if (answer.status == 200 && answer.encoded) desk.lists.keep(std::move(key), world->revision, answer.encoded);
  return answer;
}

std::string lower(std::string_view text) { return lower_ascii(text); }

bool has_text(std::string_view name, const std::string& lowered_q) {
  return lowered_q.empty() || lower_ascii(name).find(lowered_q) != std::string::npos;
}

bool wanted_any(const std::vector<std::string>& values, const std::vector<std::string>& a,
                const std::vector<std::string>& b) {
  if (values.empty()) return true;
  const auto in = [](const std::vector<std::string>& all, const std::string& one) {
    return std::ranges::find(all, one) != all.end();
  };
  return std::ranges::any_of(values, [&](const auto& value) { return in(a, value) || in(b, value); });
}

}  // namespace monitorix::api
