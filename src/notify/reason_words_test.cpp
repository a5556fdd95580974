#include "notify/reason_words.h"

#include <doctest/doctest.h>
#include <set>

#include "notify/render.h"
#include "notify/words.h"

namespace monitorix::notify {
namespace {

std::string said(const Reason& why, std::string_view language) { return reason_text(why, "in English", language); }

std::string cause_in(std::string_view language, const Message& message) {
  static const Zone utc;
  return render(message, {language, utc, ""}).cause;
}

/// But for the places of values.
std::ptrdiff_t letters_in(std::string_view words) {
  std::ptrdiff_t letters = 0;
  int depth = 0;
  for (const char letter : words) {
    depth += letter == '{' ? 1 : letter == '}' ? -1 : 0;
    if (depth == 0 && letter != ' ' && letter != '}') ++letters;
  }
  return letters;
}

}  // namespace

TEST_CASE("every code has words in every language, and in each its own") {
  REQUIRE(kWordRowCount > 150);
  std::string_view before;
  for (std::size_t i = 0; i < kWordRowCount; ++i) {
    const WordRow& row = kWordRows[i];
    CAPTURE(row.code);
    CHECK(before < row.code);
    before = row.code;
    for (std::size_t at = 0; at < kLanguages.size(); ++at) {
      CAPTURE(kLanguages[at]);
      CHECK(!row.words[at].empty());
      CHECK(word_of(row.code, kLanguages[at]) == row.words[at]);
    }
    // Words that fit two languages are few; a text that was left in English would be the same in all.
    if (letters_in(row.words[0]) > 15) CHECK(std::set(row.words.begin(), row.words.end()).size() >= 5);
  }
}

TEST_CASE("a reason is said in the language of whoever is told, with its numbers and units") {
  CHECK(said({.code = "risk.disk_worn", .params = {{"disk", "/dev/sda"}, {"percent", std::int64_t{91}}}}, "en") ==
        "The disk /dev/sda has used 91 % of its rated life.");
  CHECK(said({.code = "alert.certificate_days", .params = {{"days", std::int64_t{1}}}}, "de") ==
        "Das Zertifikat läuft in 1 Tag ab.");
  CHECK(said({.code = "alert.certificate_days", .params = {{"days", std::int64_t{5}}}}, "nb") ==
        "Sertifikatet er gyldig i 5 dager til.");
  CHECK(said({.code = "alert.certificate_days", .params = {{"days", std::int64_t{0}}}}, "fr") ==
        "Le certificat est encore valable 0 jour.");
  CHECK(said({.code = "reason.silent", .params = {{"seconds", std::int64_t{65}}}}, "en") ==
        "No answer within 1 min 5 s.");
  CHECK(said({.code = "check.timeout_phase", .params = {{"parameter", "ttfb"}}}, "en") ==
        "It took too long; time ran out at: First byte.");
  CHECK(said({.code = "check.timeout_phase"}, "en") == "It took too long.");
}

TEST_CASE("what others said stays as they said it, in its place among the words or behind them") {
  const Reason replication{.code = "risk.replication_failing",
                           .params = {{"job", "100-0"}, {"target", "pve2"}, {"said", "{{job}} no route"}}};
  CHECK(said(replication, "en") == "The replication 100-0 to pve2 fails: {{job}} no route");
  const Reason refused{.code = "check.conn_refused", .params = {{"said", "connect to [::1]:80"}}};
  CHECK(said(refused, "en") == "The connection was refused: nothing listens there. (connect to [::1]:80)");
  CHECK(said(refused, "de").ends_with(" (connect to [::1]:80)"));
  CHECK(said({}, "de") == "in English");
  CHECK(said({.code = "risk.of_a_newer_version"}, "de") == "in English");
}

TEST_CASE("a number stands beside its limit as its language writes it") {
  const Reason cpu{.code = "alert.measured", .params = {{"metric", "cpu"}, {"value", "0.9712"}, {"limit", "0.95"}}};
  CHECK(said(cpu, "en") == "97.1 %, the limit is 95.0 %");
  CHECK(said(cpu, "de").starts_with("97,1 %"));
  CHECK(said({.code = "alert.measured", .params = {{"metric", "full_in"}, {"value", "90000"}}}, "en") == "1 d 1 h");
  CHECK(said({.code = "alert.measured", .params = {{"metric", "cpu"}}}, "en") == "in English");
}

TEST_CASE("the rules that came with the house have names in every language, until somebody gives them another") {
  Topic topic{.subject = "pve1", .key = "node_down", .fault = "Node is offline"};
  CHECK(topic_text(topic, "en") == "pve1: Node is offline");
  std::set<std::string> all;
  for (const auto language : kLanguages) all.insert(topic_text(topic, language));
  CHECK(all.size() >= 6);
  topic.fault = "Rack 4 went dark";
  CHECK(topic_text(topic, "de") == "pve1: Rack 4 went dark");
  CHECK(topic_text({.subject = "web"}, "de") == "web");
}

TEST_CASE("a message is in one language from its heading to what held it") {
  static const Zone utc;
  Message message{.severity = "critical", .title = "pve1: Node is offline", .cause = "The other members say so"};
  message.topic = {.subject = "pve1", .key = "node_down", .fault = "Node is offline"};
  message.why = {.code = "alert.node_offline"};
  message.affected = {"db: Service is down", "web"};
  message.topics = {{.subject = "db", .key = "service_down", .fault = "Service is down"}, {.subject = "web"}};
  message.held = "silence, until 2026-11-28T12:00:00Z";
  message.held_by = "silence";
  message.held_until = WallTime{std::chrono::seconds{1'795'867'200}};
  for (const auto language : kLanguages) {
    CAPTURE(language);
    const Rendered rendered = render(message, {language, utc, ""});
    std::string all = rendered.heading + rendered.cause;
    for (const auto& [word, value] : rendered.facts) all += word + value;
    for (const std::string_view english : {"Node is offline", "The other members", "Service is down", "silence, until"})
      CHECK((all.find(english) != std::string::npos) == (language == "en" && english != "silence, until"));
    CHECK(all.find("db: ") != std::string::npos);
    CHECK(all.find(", web") != std::string::npos);
  }
  CHECK(cause_in("de", message) == "Die anderen Mitglieder des Clusters melden ihn als offline.");
}

}  // namespace monitorix::notify
