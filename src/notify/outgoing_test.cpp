#include "notify/outgoing.h"

#include <doctest/doctest.h>
#include <set>

#include "base/json.h"
#include "model/notify/channel_fields.h"
#include "notify/header_lines.h"
#include "notify/own_words.h"
#include "notify/template_text.h"
#include "notify/words.h"

namespace monitorix::notify {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = WallTime{1'800'000'000'000ms};

Message outage() {
  Message out{
      .kind = MessageKind::firing, .severity = "critical", .title = "pve1 gir ikke svar", .cause = "<!here> *x* _y_"};
  out.affected = {"web", "db"};
  out.affected_more = 3;
  out.since = kNow - 3h - 12min - 5s;
  out.link = "/incidents/7";
  out.alert = "9";
  out.dedup_key = std::string(64, 'a');
  return out;
}

Rendered rendered_in(std::string_view language, const Message& message) {
  static const Zone utc;
  return render(message, {language, utc, "https://mon.example"});
}

/// Every field filled with something that could be right.
Channel filled(ChannelType type) {
  Channel channel{.name = "n", .type = type};
  for (const ChannelField& field : channel_fields(type)) {
    std::string value =
        field.kind == FieldKind::url ? "https://r.example/hook/canary" : "canary-" + std::string(field.name);
    if (field.name == "from" || field.name == "to") value = "a@b.example";
    if (field.name == "thread_id") value = "7";
    if (field.kind == FieldKind::choice || field.kind == FieldKind::number) continue;
    if (field.name == "template") value = "{{title}}";
    if (field.name == "headers") value = "X-Key: canary-header";
    if (field.is_secret)
      channel.secrets[std::string(field.name)] = Secret(value);
    else
      channel.options[std::string(field.name)] = value;
  }
  return channel;
}

constexpr int kTypes = 13;

}  // namespace

TEST_CASE("every type of channel can be filled, composed and shown, and its preview keeps its secrets") {
  static const Zone utc;
  for (int number = 0; number < kTypes; ++number) {
    const Channel channel = filled(static_cast<ChannelType>(number));
    CAPTURE(name_of(channel.type));
    CHECK(channel_type(name_of(channel.type)) == channel.type);
    for (const ChannelFault& fault : faults_of(channel)) FAIL_CHECK(fault.field << ": " << fault.text);
    const Message message = outage();
    const auto shown = preview_of({channel, message, {"sv", utc, "https://mon.example"}, kNow});
    REQUIRE(shown);
    CHECK(shown->heading == "Kritiskt: pve1 gir ikke svar");
    CHECK(shown->body.find("canary-key") == std::string::npos);
    CHECK(shown->body.find("canary-token") == std::string::npos);
    CHECK(shown->body.find("canary-routing_key") == std::string::npos);
    const Channel empty{.name = "n", .type = channel.type};
    CHECK(faults_of(empty).empty() == (channel_fields(channel.type).empty()));
  }
}

TEST_CASE("a message says how long, what else, and where to look, in every language") {
  Message message = outage();
  message.kind = MessageKind::resolved;
  message.until = kNow;
  std::set<std::string> headings;
  for (const auto language : kLanguages) {
    const Rendered rendered = rendered_in(language, message);
    headings.insert(rendered.heading);
    CHECK(rendered.is_good);
    REQUIRE(rendered.facts.size() == 4);
    CHECK(rendered.facts[0].second == "2027-01-15 04:47 UTC");
    CHECK(rendered.facts[2].second.starts_with("3 "));
    CHECK(rendered.facts[2].second.find("12 ") != std::string::npos);
    CHECK(rendered.facts[3].second.starts_with("web, db, +3 "));
    CHECK(rendered.link == "https://mon.example/incidents/7");
    const Words& words = words_of(language);
    CHECK(words.language == language);
    for (const auto word : {words.critical, words.warning, words.info, words.resolved, words.reminder, words.flapping,
                            words.digest, words.passed, words.test, words.since, words.until, words.lasted,
                            words.affected, words.more, words.held, words.open, words.test_text, words.footer})
      CHECK(!word.empty());
  }
  CHECK(headings.size() == 6);  // Løst is Norwegian and Danish
}

TEST_CASE("a link is only one that can be opened") {
  Message message = outage();
  message.link = "javascript:alert(1)";
  CHECK(rendered_in("en", message).link.empty());
  static const Zone utc;
  message.link = "/incidents/7";
  CHECK(render(message, {"en", utc, ""}).link.empty());
}

TEST_CASE("what is cut is cut between letters, and the link stays whole") {
  CHECK(shortened("ææææ", 7) == "ææ…");
  Rendered rendered = rendered_in("en", outage());
  rendered.cause = std::string(9000, 'x');
  const std::string body = plain_body(rendered, 1000);
  CHECK(body.size() <= 1000);
  CHECK(body.ends_with("\n\nhttps://mon.example/incidents/7"));
}

TEST_CASE("text is text everywhere") {
  CHECK(escape_html("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
  CHECK(escape_slack("<!here> & <@U1>") == "&lt;!here&gt; &amp; &lt;@U1&gt;");
  CHECK(escape_markdown("*a* [b](c) @everyone") == "\\*a\\* \\[b\\]\\(c\\) \\@everyone");
  CHECK(one_line("a\r\nb\x1b", 100) == "a  b\\u001b");
}

TEST_CASE("a template is filled in and does nothing else") {
  const TemplateValues values{{"title", "a\"b{{cause}}\n"}, {"cause", "c"}};
  CHECK(*fill_template("{\"t\":\"{{ title }}\"}", values) == "{\"t\":\"a\\\"b{{cause}}\\n\"}");
  CHECK(*fill_template("{{cause}}-{{title}}", values) == "c-a\"b{{cause}}\n");
  CHECK(*fill_template("no names }} here", values) == "no names }} here");
  for (const char* wrong : {"{{title", "{{}}", "{{x}}", "{{title.length}}", "{{#if title}}{{/if}}"})
    CHECK_MESSAGE(!fill_template(wrong, values), wrong);
}

TEST_CASE("headers of a webhook cannot smuggle others") {
  const auto lines = parse_header_lines("X-Key: a:b\r\n\n  Authorization:Bearer x \n");
  REQUIRE(lines);
  REQUIRE(lines->size() == 2);
  CHECK((*lines)[0].second.reveal() == "a:b");
  CHECK((*lines)[1].second.reveal() == "Bearer x");
  for (const char* wrong :
       {"no colon", "bad name: x", ": x", "Host: evil", "Content-Length: 1", "X-Monitorix-Signature: x", "X: a\rY: b"})
    CHECK_MESSAGE(!parse_header_lines(wrong), wrong);
}

TEST_CASE("the key of a delivery is of its parts, and of all of them") {
  WantedDelivery wanted{.alert = "1", .channel = ChannelId{2}, .step = 3, .repeat = 4, .version = 5};
  std::set<std::string> keys{dedup_key_of(wanted)};
  const auto other = [&](auto change) {
    WantedDelivery changed = wanted;
    change(changed);
    keys.insert(dedup_key_of(changed));
  };
  other([](WantedDelivery& one) { one.alert = "2"; });
  other([](WantedDelivery& one) { one.channel = ChannelId{3}; });
  other([](WantedDelivery& one) { one.step = 4; });
  other([](WantedDelivery& one) { one.repeat = 5; });
  other([](WantedDelivery& one) { one.version = 6; });
  other([](WantedDelivery& one) { one.message.kind = MessageKind::resolved; });
  other([](WantedDelivery& one) { one.step = 34, one.repeat = 0; });
  CHECK(keys.size() == 8);
  CHECK(keys.contains(dedup_key_of(wanted)));
  wanted.message.title = "the words do not count";
  CHECK(keys.contains(dedup_key_of(wanted)));
}

TEST_CASE("what is wrong with Monitorix itself is said in the language of the channel, with what to do about it") {
  Message message{.kind = MessageKind::firing, .severity = "warning", .alert_type = "own_disk"};
  message.title = "Monitorix: " + std::string(own_words_of("en", "own_disk")->title);
  message.cause = "0.31 GiB / 4.00 GiB (7.8 %)";
  std::set<std::string> headings;
  for (const std::string_view language : kLanguages) {
    CAPTURE(language);
    for (const char* topic : {"isolated", "own_database", "own_disk", "own_lag", "own_outbox", "own_dead_letters",
                              "own_privilege", "token_rights"}) {
      const OwnWords* words = own_words_of(language, topic);
      REQUIRE(words);
      CHECK_FALSE((words->title.empty() || words->meaning.empty() || words->deed.empty()));
    }
    const Rendered rendered = rendered_in(language, message);
    const OwnWords& words = *own_words_of(language, "own_disk");
    headings.insert(rendered.heading);
    CHECK(rendered.heading.ends_with("Monitorix: " + std::string(words.title)));
    CHECK(rendered.cause == std::string(words.meaning) + "\n" + message.cause + "\n" + std::string(words.deed));
  }
  CHECK(headings.size() == kLanguages.size());
  message.title = "Monitorix: our own name for it";
  CHECK(rendered_in("de", message).heading.ends_with(message.title));
  message.kind = MessageKind::resolved;
  CHECK(rendered_in("de", message).cause == message.cause);
  CHECK_FALSE(own_words_of("de", "node_down"));
  CHECK(own_words_of("xx", "own_disk") == own_words_of("en", "own_disk"));
}

}  // namespace monitorix::notify
