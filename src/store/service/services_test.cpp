#include "store/service/service_store.h"
#include "store/store_suite.h"

using namespace monitorix;
using namespace monitorix::store;
using namespace std::chrono_literals;

namespace {

const WallTime kNow{1'760'000'000'000ms};

Service full_service() {
  Service s;
  s.name = "Shop; DROP TABLE services -- \"quoted\"";
  s.type = ServiceType::https;
  s.target = "https://shop.example.org/health?x=1";
  s.interval = 1500ms;
  s.timeout = 700ms;
  s.retry_interval = 1000ms;
  s.fail_after = 5;
  s.recover_after = 1;
  s.nodata_grace = 90s;
  s.invert = true;
  s.ip_family = IpFamily::both;
  s.keep_evidence = KeepEvidence::always;
  s.tags = {"shop", "öffentlich"};
  s.notes = "two\nlines";
  s.assertions = {{"json:/status", "==", "ok"}};
  s.degraded_rules = {{"total_ms", "<", "800"}};
  s.tls.client_key_pem = Secret("-----key-canary-----");
  s.tls.expected_alert = 116;
  s.http.headers = {{"X-Api-Key", "header-canary"}};
  s.http.body = "body-canary";
  s.http.body_encoding = BodyEncoding::xml;
  s.http.decompress = false;
  s.http.expected_status = {{200, 204}, {401, 401}};
  s.http.auth = HttpAuth::basic;
  s.http.user = "kari";
  s.http.secret = Secret("password-canary");
  s.http.proxy = "http://u:proxy-canary@proxy:3128";
  s.http.token = {"https://sso.example/token", "read write", "api", TokenCredentials::body};
  s.port_options.steps = {{"AUTH step-canary\r\n", "", false}, {"", "^250", false}};
  s.ping.ttl = 12;
  s.dns.answers = {"192.0.2.1"};
  s.push.cron = "30 2 * * *";
  s.push.time_zone = "Europe/Oslo";
  s.composite = {CompositeRule::k_of_n, 2, {ServiceId{4}, ServiceId{9}}};
  s.custom = {"check_raid", {"argument-canary"}};
  s.created_at = kNow;
  return s;
}

void check_same(const Service& a, const Service& b) {
  CHECK(a.name == b.name);
  CHECK(a.type == b.type);
  CHECK(a.target == b.target);
  CHECK(a.interval == b.interval);
  CHECK(a.timeout == b.timeout);
  CHECK(a.retry_interval == b.retry_interval);
  CHECK(a.fail_after == b.fail_after);
  CHECK(a.nodata_grace == b.nodata_grace);
  CHECK(a.invert == b.invert);
  CHECK(a.ip_family == b.ip_family);
  CHECK(a.keep_evidence == b.keep_evidence);
  CHECK(a.tags == b.tags);
  CHECK(a.notes == b.notes);
  CHECK(a.assertions == b.assertions);
  CHECK(a.degraded_rules == b.degraded_rules);
  CHECK(a.tls == b.tls);
  CHECK(a.http == b.http);
  CHECK(a.port_options == b.port_options);
  CHECK(a.ping == b.ping);
  CHECK(a.dns == b.dns);
  CHECK(a.push == b.push);
  CHECK(a.composite == b.composite);
  CHECK(a.custom == b.custom);
}

CheckResult failure(ServiceId id, WallTime at) {
  CheckResult result{.service = id};
  result.scheduled_at = at;
  result.started_at = at + 3ms;
  result.took = 412'345us;
  result.verdict = Verdict::down;
  result.reason = "http_status";
  result.parameter = "503";
  result.detail = "status (503) in 200-299";
  result.phases = {1'900, 800, std::nullopt, 100, 404'600, 600};
  result.address = "203.0.113.10:443";
  result.status_code = 503;
  result.certificate = SeenCertificate{.not_after = kNow + 24h, .sha256 = "AB", .verified = true};
  result.evidence = Evidence{"GET /", "HTTP/1.1 503", "{}"};
  return result;
}

}  // namespace

ON_BOTH_ENGINES("a service comes back with all that was chosen, and none of its secrets lies open in the database") {
  const Stand stand;
  auto store = stand.open();
  auto& services = store->services();
  const Service wanted = full_service();
  const auto made = services.create(wanted, "hash-of-token");
  must(made);
  CHECK(made->has_push_token);
  CHECK(made->version == 1);
  CHECK(made->service.ordinal == made->service.id.value);
  check_same(made->service, wanted);
  Service changed = made->service;
  changed.name = "Other";
  changed.http.secret = {};
  const auto updated = services.update(changed, 1, kNow + 1s);
  must(updated);
  CHECK(updated->version == 2);
  CHECK(updated->service.http.secret.empty());
  CHECK(updated->service.http.headers == wanted.http.headers);
  must(services.create(wanted, ""));
  CHECK(services.update(changed, 1, kNow).error().code == Errc::conflict);
  changed.id = ServiceId{999};
  CHECK(services.update(changed, 0, kNow).error().code == Errc::not_found);
  must(services.remove(made->service.id));
  CHECK(services.remove(made->service.id).error().code == Errc::not_found);
  CHECK(services.all()->size() == 1);
  store.reset();
  const auto database = stand.database();
  must(database->read([&](Link& link) -> Status {
    static constexpr Query kRow{"test_row", "SELECT doc, secret, target FROM services"};
    const auto rows = must(link.run(kRow));
    const std::string all = rows.front().text(0) + rows.front().text(1) + rows.front().text(2);
    CHECK(all.find("canary") == std::string::npos);
    return {};
  }));
}

ON_BOTH_ENGINES("what checks found is kept in one go and there at the next start") {
  const Stand stand;
  const auto store = stand.open();
  auto& services = store->services();
  Service wanted = full_service();
  const auto made = services.create(wanted, "first");
  must(made);
  const ServiceId id = made->service.id;
  must(services.put_push_token(id, "second", kNow));
  CheckBatch batch;
  batch.states = {{id, R"({"phase":"up"})", "", kNow}, {ServiceId{999}, "{}", "", kNow}};
  batch.intervals = {{id, kNow, kNow + 60s, 0}, {id, kNow + 60s, kNow + 90s, 2}};
  batch.blips = {{id, kNow + 100s, kNow + 110s, "conn_timeout", ""}};
  batch.overlays = {{id, OverlayKind::maintenance, kNow + 5s, std::nullopt}};
  batch.checks = {failure(id, kNow + 60s)};
  batch.histograms = {{id, HistogramSpan::hour, kNow, std::string("\x00\x01z", 3), ""}};
  batch.beat = CheckBeat{kNow + 200s, std::string("\x00\xff", 2)};
  must(services.save(batch));
  must(services.save(batch));  // the same again, as after a commit whose answer was lost, but for what has no key
  CheckBatch more;
  more.overlays = {{id, OverlayKind::maintenance, kNow + 5s, kNow + 65s}};
  more.beat = CheckBeat{kNow + 215s, ""};
  must(services.save(more));
  const auto kept = services.load(kNow - 1h, kNow - 1h);
  must(kept);
  REQUIRE(kept->services.size() == 1);
  REQUIRE(kept->states.size() == 1);
  CHECK(kept->states[0].state == R"({"phase":"up"})");
  CHECK(kept->intervals == batch.intervals);
  CHECK(kept->overlays == more.overlays);
  REQUIRE(kept->histograms.size() == 1);
  CHECK(kept->histograms[0].total == batch.histograms[0].total);
  REQUIRE(kept->push_tokens.size() == 1);
  CHECK(kept->push_tokens[0].second == "second");
  REQUIRE(kept->beat);
  CHECK(kept->beat->at == kNow + 215s);
  CHECK(services.blips(id, kNow, kNow + 1h)->size() == 1);
  CHECK(services.intervals(id, kNow + 70s, kNow + 80s)->size() == 1);

  // The clock was set back: what lies after that is void, what reaches over it is cut.
  CheckBatch back;
  back.rewound = {{id, kNow + 30s}};
  must(services.save(back));
  CHECK(services.intervals(id, kNow, kNow + 1h)->front().end == kNow + 30s);
  CHECK(services.intervals(id, kNow, kNow + 1h)->size() == 1);

  // All of it goes with the service.
  must(services.remove(id));
  const auto empty = services.load(WallTime{}, WallTime{});
  must(empty);
  CHECK(empty->states.empty());
  CHECK(empty->intervals.empty());
  CHECK(empty->push_tokens.empty());
  must(services.save(batch));  // results that were still on their way are nobody's
  CHECK(services.load(WallTime{}, WallTime{})->intervals.empty());
}

ON_BOTH_ENGINES("a failure comes back with its phases, and its evidence only to who asks for it") {
  const Stand stand;
  const auto store = stand.open();
  auto& services = store->services();
  const auto id = services.create(full_service(), "")->service.id;
  const auto other = services.create(full_service(), "")->service.id;
  CheckBatch batch;
  for (int at = 0; at < 5; ++at) batch.checks.push_back(failure(id, kNow + std::chrono::seconds{at}));
  batch.checks.push_back(failure(other, kNow + 1h));
  must(services.save(batch));
  const auto newest = services.checks(id, kNow, kNow + 1h, 2);
  must(newest);
  REQUIRE(newest->size() == 2);
  CheckResult expected = failure(id, kNow + 4s);
  expected.evidence.reset();
  CHECK(newest->front().result == expected);
  CHECK(newest->front().has_evidence);
  const auto whole = services.check(newest->front().id);
  must(whole);
  CHECK(whole->result == failure(id, kNow + 4s));
  CHECK(services.check(987'654).error().code == Errc::not_found);
  CHECK(services.checks({}, kNow, kNow + 2h, 100)->size() == 6);
  CHECK(services.erase({.checks = kNow + 3s}, 2).value() == 2);
  CHECK(services.erase({.checks = kNow + 3s}, 2).value() == 1);
  CHECK(services.checks({}, kNow, kNow + 2h, 100)->size() == 3);
}

ON_BOTH_ENGINES("a service keeps the guest it speaks about, and stands alone when that is forgotten") {
  const Stand stand;
  const auto store = stand.open();
  ClusterConfig cluster;
  cluster.name = "oslo";
  cluster.identity = "x";
  cluster.token_id = "a@pve!b";
  cluster.token_secret = Secret("s");
  const auto connection = store->create_cluster(cluster);
  must(connection);
  Node first{}, second{};
  first.id = NodeId{1};
  second.id = NodeId{2};
  first.cluster = second.cluster = connection->id;
  first.name = "pve1";
  second.name = "pve2";
  Guest guest{};
  guest.id = GuestId{7};
  guest.cluster = connection->id;
  guest.node = NodeId{1};
  guest.vmid = 101;
  guest.name = "web";
  must(store->save_inventory({.nodes = {first, second}, .guests = {guest}}));
  Service service = full_service();
  service.guest = guest.id;
  const auto made = store->services().create(service, "");
  must(made);
  guest.node = NodeId{2};
  must(store->save_inventory({.guests = {guest}}));
  CHECK(store->services().all()->front().service.guest == guest.id);
  must(store->delete_cluster(connection->id));
  CHECK_FALSE(store->services().all()->front().service.guest);
}

ON_BOTH_ENGINES("status pages have addresses of their own, once each") {
  const Stand stand;
  const auto store = stand.open();
  auto& services = store->services();
  StatusPage page;
  page.slug = "example";
  page.title = "Example";
  page.groups = {{"Shop", {{"k1", ServiceId{1}, "Web shop"}}}};
  page.is_public = true;
  page.notices = {{"Slow", "we know", "warning", kNow}};
  page.created_at = kNow;
  const auto made = services.create_status_page(page);
  must(made);
  CHECK(made->groups == page.groups);
  CHECK(made->notices == page.notices);
  CHECK(services.create_status_page(page).error().code == Errc::conflict);
  auto next = *made;
  next.slug = "other";
  next.updated_at = kNow + 1s;
  must(services.update_status_page(next, 1));
  CHECK(services.update_status_page(next, 1).error().code == Errc::conflict);
  CHECK(services.status_pages()->front().slug == "other");
  must(services.remove_status_page(made->id));
  CHECK(services.remove_status_page(made->id).error().code == Errc::not_found);
}
