// What the administrators chose for the whole cluster: /cluster/options. Of it the colours of tags, which stand there
// as
//
//   tag-style: {"color-map": "prod:ff0000:ffffff;test:00ff00", ...}      tag ":" background [":" text], hexadecimal

#include <algorithm>

#include "base/text.h"
#include "proxmox/rota/topic.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

constexpr std::size_t kMostTags = 500, kLongestMap = 32'768, kColour = 6;

bool is_colour(std::string_view text) {
  return text.size() == kColour && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

/// Black or white, whichever can be read: Proxmox VE decides so, too, where nobody chose.
std::string readable_on(std::string_view background) {
  const auto channel = [&](std::size_t at) {
    return static_cast<double>(std::stoi(std::string(background.substr(at, 2)), nullptr, 16)) / 255;
  };
  const double light = 0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4);
  return light > 0.5 ? "000000" : "ffffff";
}

std::optional<TagColours> colours_in(std::string_view entry) {
  const auto first = entry.find(':');
  if (first == std::string_view::npos || first == 0) return std::nullopt;
  const auto second = entry.find(':', first + 1);
  const auto background = entry.substr(first + 1, second == std::string_view::npos ? second : second - first - 1);
  if (!is_colour(background)) return std::nullopt;
  TagColours out{.tag = std::string(entry.substr(0, first)), .background = lower_ascii(background)};
  const auto text = second == std::string_view::npos ? std::string_view() : entry.substr(second + 1);
  out.text = is_colour(text) ? lower_ascii(text) : readable_on(background);
  return out;
}

}  // namespace

Result<ClusterOptions> parse_options(const Json& data, Findings& findings) {
  if (!data.as_object()) return fail(Errc::protocol, "the cluster's options are not an object");
  ClusterOptions out{};
  const auto style = Row(data, "cluster/options", findings).object("tag-style");
  std::string map = style ? style->text("color-map", kLongestMap).value_or("") : "";
  for (std::string_view rest = map; !rest.empty() && out.tag_colours.size() < kMostTags;) {
    const auto end = rest.find(';');
    if (auto colours = colours_in(trim(rest.substr(0, end)))) out.tag_colours.push_back(std::move(*colours));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  std::ranges::stable_sort(out.tag_colours, {}, &TagColours::tag);
  return out;
}

net::Task<decltype(Observation::what)> ask_options(Asking asking, Subject) {
  auto heard = co_await asking.get(std::string("/cluster/options"), CallClass::facts);
  co_return ClusterFactsReport{{.options = asking.fact(std::move(heard), parse_options)}};
}

}  // namespace monitorix::proxmox
