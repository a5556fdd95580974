// The page itself: one document without scripts, without requests to anywhere, that a reader of text can follow.

#include <algorithm>
#include <array>
#include <cstdio>

#include "api/status/page.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

struct Words {
  std::string_view language, up, warning, down, unknown, maintenance, all_up, some_warning, some_down, days, today,
      uptime, as_of, no_data;
};
constexpr auto kWords = std::to_array<Words>(
    {{"en", "Operational", "Degraded", "Down", "Unknown", "Maintenance", "Everything works", "Some things are degraded",
      "Some things are down", "days ago", "today", "uptime", "As of", "no data"},
     {"nb", "I drift", "Redusert", "Nede", "Ukjent", "Vedlikehold", "Alt virker", "Noe er redusert", "Noe er nede",
      "dager siden", "i dag", "oppetid", "Per", "ingen data"},
     {"sv", "I drift", "Försämrad", "Nere", "Okänt", "Underhåll", "Allt fungerar", "Något är försämrat",
      "Något ligger nere", "dagar sedan", "i dag", "drifttid", "Per", "inga data"},
     {"da", "I drift", "Nedsat", "Nede", "Ukendt", "Vedligeholdelse", "Alt virker", "Noget er nedsat", "Noget er nede",
      "dage siden", "i dag", "oppetid", "Pr.", "ingen data"},
     {"fi", "Toiminnassa", "Heikentynyt", "Alhaalla", "Ei tiedossa", "Huolto", "Kaikki toimii", "Osa toimii heikosti",
      "Osa on alhaalla", "päivää sitten", "tänään", "käytettävyys", "Tilanne", "ei tietoja"},
     {"de", "In Betrieb", "Eingeschränkt", "Ausgefallen", "Unbekannt", "Wartung", "Alles funktioniert",
      "Einiges ist eingeschränkt", "Einiges ist ausgefallen", "Tage her", "heute", "Verfügbarkeit", "Stand",
      "keine Daten"},
     {"fr", "Opérationnel", "Dégradé", "En panne", "Inconnu", "Maintenance", "Tout fonctionne",
      "Certains services sont dégradés", "Certains services sont en panne", "jours", "aujourd’hui", "disponibilité",
      "État au", "aucune donnée"}});

const Words& words_of(const std::string& language) {
  const auto found = std::ranges::find(kWords, language, &Words::language);
  return found == kWords.end() ? kWords.front() : *found;
}

std::string_view word_for(const Words& words, std::string_view status) {
  if (status == "up") return words.up;
  if (status == "warning") return words.warning;
  if (status == "down") return words.down;
  return status == "maintenance" ? words.maintenance : words.unknown;
}

std::string_view headline(const Words& words, std::string_view status) {
  if (status == "up") return words.all_up;
  if (status == "warning") return words.some_warning;
  if (status == "down") return words.some_down;
  return word_for(words, status);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  return out;
}

std::string percent(const std::optional<double>& value) { return value ? percent_text(*value) : ""; }

constexpr std::string_view kStyle = R"(
:root{--bg:#f4f6f8;--panel:#fff;--fg:#18202a;--soft:#566271;--line:#dbe1e8;--up:#0b7a65;--warning:#8f5a00;--down:#c62f1c;--unknown:#5f6a77;--maintenance:#1d63d1}
@media(prefers-color-scheme:dark){:root.system{--bg:#0f1318;--panel:#171c23;--fg:#e6eaf0;--soft:#9aa6b5;--line:#2a323d;--up:#3fb8a0;--warning:#f2b63c;--down:#ff6a55;--unknown:#8f9aa8;--maintenance:#6aa9ff}}
:root.dark{--bg:#0f1318;--panel:#171c23;--fg:#e6eaf0;--soft:#9aa6b5;--line:#2a323d;--up:#3fb8a0;--warning:#f2b63c;--down:#ff6a55;--unknown:#8f9aa8;--maintenance:#6aa9ff}
*{box-sizing:border-box}:root.dark{color-scheme:dark}:root.system{color-scheme:light dark}body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:2rem 1rem}h1{margin:0 0 .25rem;font-size:1.75rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:0;font-weight:600}
p{margin:.25rem 0}.soft{color:var(--soft)}.sum{margin:1.5rem 0;padding:1rem;border:1px solid var(--line);border-left:.4rem solid currentColor;border-radius:.5rem;background:var(--panel);font-size:1.2rem;font-weight:600}
.item{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;margin:.5rem 0}.row{display:flex;justify-content:space-between;gap:1rem;flex-wrap:wrap}
.bar{display:flex;align-items:flex-end;gap:1px;height:1.75rem;margin:.5rem 0 .25rem}.bar i{flex:1;height:.2rem;border-radius:1px;background:var(--line)}
.bar .up,.bar .maintenance{height:60%}.bar .warning{height:80%}.bar .down{height:100%}.bar .unknown{height:35%}
.row span[class]::before,.sum::before{margin-right:.5em;font-size:.75em}.row .up::before,.sum.up::before{content:"\25CF"/""}.row .warning::before,.sum.warning::before{content:"\25B2"/""}.row .down::before,.sum.down::before{content:"\25C6"/""}.row .unknown::before,.sum.unknown::before,.row .maintenance::before,.sum.maintenance::before{content:"\25CB"/""}
.up{color:var(--up)}.warning{color:var(--warning)}.down{color:var(--down)}.unknown{color:var(--unknown)}.maintenance{color:var(--maintenance)}.info{color:var(--maintenance)}.critical{color:var(--down)}
.bar .up,.bar .warning,.bar .down,.bar .unknown,.bar .maintenance{background:currentColor}.note{border-left:.25rem solid currentColor;padding:.25rem 1rem;margin:1rem 0}.note>*{color:var(--fg)}.note h2{margin:.25rem 0;font-size:1rem}.note .soft{color:var(--soft);font-size:.875rem}.text{white-space:pre-line}
)";

void put_item(std::string& out, const ShownItem& item, const Words& words) {
  out += "<article class=\"item\"><div class=\"row\"><h3>" + escaped(item.name) + "</h3><span class=\"" + item.status +
         "\">" + std::string(word_for(words, item.status)) +
         "</span></div><div class=\"bar\" role=\"img\" aria-label=\"" + std::string(words.uptime) + " " +
         (item.percent ? percent(item.percent) : std::string(words.no_data)) + "\">";
  for (const ShownDay& day : item.days) {
    const auto what = day.status.empty() ? words.no_data : word_for(words, day.status);
    out += "<i class=\"" + day.status + "\" title=\"" + day.date + ": " + std::string(what) +
           (day.percent ? ", " + percent(day.percent) : "") + "\"></i>";
  }
  out += "</div><div class=\"row soft\"><span>" + std::to_string(item.days.size()) + " " + std::string(words.days) +
         "</span><span>" +
         (item.percent ? percent(item.percent) + " " + std::string(words.uptime) : std::string(words.no_data)) +
         "</span><span>" + std::string(words.today) + "</span></div></article>";
}

}  // namespace

std::string_view page_style() { return kStyle; }

std::string percent_text(double percent) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f %%", percent);
  return text.data();
}

std::string status_word(const std::string& status, const std::string& language) {
  return std::string(word_for(words_of(language), status));
}

std::string page_as_html(const ShownPage& page) {
  const Words& words = words_of(page.language);
  std::string out =
      "<!doctype html><html lang=\"" + std::string(words.language) + "\" class=\"" + page.theme +
      "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>" +
      escaped(page.title) + "</title><link rel=\"stylesheet\" href=\"/status/style.css\"></head><body><main><h1>" +
      escaped(page.title) + "</h1>";
  if (!page.description.empty()) out += "<p class=\"soft text\">" + escaped(page.description) + "</p>";
  out += "<p class=\"sum " + page.status + "\" role=\"status\">" + std::string(headline(words, page.status)) + "</p>";
  for (const StatusNotice& notice : page.notices)
    out += "<section class=\"note " + notice.severity + "\"><h2>" + escaped(notice.title) + "</h2><p class=\"text\">" +
           escaped(notice.text) + "</p><p class=\"soft\"><time datetime=\"" + rfc3339(notice.at) + "\">" +
           rfc3339(notice.at).substr(0, 10) + " " + rfc3339(notice.at).substr(11, 5) + " UTC</time></p></section>";
  for (const ShownGroup& group : page.groups) {
    out += "<section>";
    if (!group.name.empty()) out += "<h2>" + escaped(group.name) + "</h2>";
    for (const ShownItem& item : group.items) put_item(out, item, words);
    out += "</section>";
  }
  const auto at = rfc3339(page.as_of);
  out += "<p class=\"soft\">" + std::string(words.as_of) + " <time datetime=\"" + at + "\">" + at.substr(0, 10) + " " +
         at.substr(11, 5) + " UTC</time></p></main></body></html>\n";
  return out;
}

std::string badge(const std::string& left, const std::string& right, const std::string& status) {
  const auto width = [](const std::string& text) {
    const auto characters = std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
    return 12 + 7 * static_cast<int>(characters);
  };
  const std::string colour = status == "up"            ? "#1a7f4b"
                             : status == "warning"     ? "#9a6700"
                             : status == "down"        ? "#c6362f"
                             : status == "maintenance" ? "#3f6fb5"
                                                       : "#5b6672";
  const int a = width(left), b = width(right);
  const auto number = [](int value) { return std::to_string(value); };
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(a + b) +
         "\" height=\"20\" role=\"img\" aria-label=\"" + escaped(left) + ": " + escaped(right) + "\"><title>" +
         escaped(left) + ": " + escaped(right) + "</title><rect width=\"" + number(a) +
         "\" height=\"20\" fill=\"#3b4450\"/><rect x=\"" + number(a) + "\" width=\"" + number(b) +
         "\" height=\"20\" fill=\"" + colour +
         "\"/><g fill=\"#fff\" font-family=\"Verdana,sans-serif\" font-size=\"11\" text-anchor=\"middle\"><text x=\"" +
         number(a / 2) + "\" y=\"14\">" + escaped(left) + "</text><text x=\"" + number(a + b / 2) + "\" y=\"14\">" +
         escaped(right) + "</text></g></svg>\n";
}

}  // namespace monitorix::api
