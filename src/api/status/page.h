#pragma once
// A status page as visitors see it: the names its owner chose and how things stand; nothing of addresses, nodes or VM
// ids can get here, for nothing of them is in these words. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "model/service/kept_check.h"
#include "state/snapshot.h"
#include "watch/watch.h"

namespace monitorix::api {

struct ShownDay {
  std::string date{};
  std::string status{};  ///< empty = before there was anything
  std::optional<double> percent{};
};
struct ShownItem {
  std::string key{}, name{}, status{};
  std::optional<double> percent{};
  std::vector<ShownDay> days{};
};
struct ShownGroup {
  std::string name{};
  std::vector<ShownItem> items{};
};
struct ShownPage {
  std::string title{}, description{}, status{}, language{}, theme{};
  WallTime as_of{};
  std::vector<ShownGroup> groups{};
  std::vector<StatusNotice> notices{};
};

ShownPage show_page(const StatusPage& page, const state::Snapshot& world, const watch::Watch& watch, WallTime now);

/// Into an array that is open.
void write_notices(JsonWriter& out, const std::vector<StatusNotice>& notices);
std::string page_as_json(const ShownPage& page);
std::string page_as_html(const ShownPage& page);
/// What the document refers to at /status/style.css: our pages carry no styles of their own (S71).
std::string_view page_style();
std::string percent_text(double percent);
/// `left` and `right` of a badge, in the page's language.
std::string badge(const std::string& left, const std::string& right, const std::string& status);
/// "Up", "Down" ... in that language.
std::string status_word(const std::string& status, const std::string& language);

}  // namespace monitorix::api
