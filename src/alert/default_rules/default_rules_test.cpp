#include "alert/default_rules/default_rules.h"

#include <doctest/doctest.h>
#include <set>

#include "alert/testing/stand.h"

namespace monitorix::alert {

TEST_CASE("default rules have keys and names of their own, and clear below what triggers them") {
  std::set<std::string> keys, names;
  for (const Rule& rule : default_rules()) {
    CAPTURE(rule.name);
    CHECK(keys.insert(rule.key).second);
    CHECK(names.insert(rule.name).second);
    CHECK((rule.kind == RuleKind::metric) == !rule.levels.empty());
    for (const Level& level : rule.levels) CHECK(level.clear.value_or(0) < level.threshold);
    for (std::size_t i = 1; i < rule.levels.size(); ++i) {
      CHECK(rule.levels[i - 1].severity < rule.levels[i].severity);
      CHECK(rule.levels[i - 1].threshold < rule.levels[i].threshold);
    }
  }
}

TEST_CASE("what a newer version adds stands behind what installations were given before") {
  CHECK(default_rules().at(kFirstDefaultRules - 1).key == "service_certificate");
  CHECK(default_rules().at(kFirstDefaultRules).key == "isolated");
}

TEST_CASE("with the default rules a storage that fills up is a warning and then, in the same alert, critical") {
  Stand stand;
  stand.put(RemoveRule{kStateRule});
  for (const Rule& rule : default_rules()) stand.put(PutRule{rule});
  const Entity storage{EntityKind::storage, 7};
  stand.place(storage);
  for (int now = 10; now <= 1200; now += 10) {
    stand.run_to(now);
    stand.put(Sample{storage, Metric::disk_ratio, now < 600 ? 0.86 : 0.97});
  }
  CHECK(stand.state.alerts.size() == 1);
  CHECK(stand.open_alert(storage)->severity == Severity::critical);
  CHECK(stand.told() == std::vector<std::string>{"firing 7", "firing 7"});
}

TEST_CASE("a certificate of many codes is an alert for each file") {
  Stand stand;
  for (const Rule& rule : default_rules()) stand.put(PutRule{rule});
  stand.place(node(1));
  const auto say = [&](const char* code, const char* file, Truth truth, Severity severity) {
    stand.put(Condition{{node(1), file}, code, truth, severity, {}});
  };
  say("certificate_expiring", "pve-ssl.pem", Truth::yes, Severity::warning);
  say("certificate_expiring", "pveproxy-ssl.pem", Truth::yes, Severity::critical);
  CHECK(stand.state.alerts.size() == 2);
  say("certificate_expiring", "pve-ssl.pem", Truth::no, Severity::warning);
  stand.run_to(1000);
  CHECK(stand.state.alerts.size() == 2);
  CHECK(stand.open_alert(node(1))->target.part == "certificate_expiring:pveproxy-ssl.pem");
}

}  // namespace monitorix::alert
