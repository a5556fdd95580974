#pragma once
// Lists of C6 and C7: filter by the route, then sort, cursor, limit, and either an envelope or the bare array of the
// original with its headers. Encoded and compressed once per revision of the world and view, then shared.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/desk.h"

namespace monitorix::api {

using SortKey = std::variant<std::monostate, double, std::string>;  ///< unknown comes first

/// What a route selected: positions 0..ids.size()-1 in its own order.
struct Selection {
  std::vector<std::int64_t> ids{};
  std::function<void(JsonWriter&, std::size_t)> encode{};
  std::map<std::string, std::function<SortKey(std::size_t)>> sorts{};
};

enum class ListForm { bare, envelope };  ///< bare: the original's array unless ?envelope=true

Answer list_answer(const Call& call, ListForm form, const Selection& selection);

/// For lists that are read page by page, newest first: where a page begins, and one page as an envelope.
struct PageWish {
  std::size_t limit{};
  std::optional<std::int64_t> before{};  ///< ids below that
  bool is_counted{false};
};
Result<PageWish> read_page(const Query& query);
/// `items` is a JSON array; `next` is the id of its last item when there are more.
Answer page_answer(const std::string& items, std::optional<std::int64_t> next, std::optional<std::uint64_t> total);

/// The same answer from the cache while the world has not changed; only successful lists are kept.
Answer cached(Desk& desk, const Call& call, const std::function<Answer()>& make);

Answer bad_query(const Error& error);
std::string lower(std::string_view text);
/// Case-insensitive search for `q` in a name.
bool has_text(std::string_view name, const std::string& lowered_q);

/// Whether `value` is among the wanted ones; no wanted ones = everything.
template <class Text>
bool wanted(const std::vector<std::string>& values, const Text& value) {
  if (values.empty()) return true;
  for (const auto& one : values)
    if (one == value) return true;
  return false;
}
bool wanted_any(const std::vector<std::string>& values, const std::vector<std::string>& a,
                const std::vector<std::string>& b);

}  // namespace monitorix::api
