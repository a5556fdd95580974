#include "check/prober.h"

#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>

#include "check/rude_server.h"
#include "check/testing/prober_house.h"
#include "net/scripted_server.h"

using namespace monitorix;
using namespace monitorix::check;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST_CASE("an endless body is thrown away up to a bound, and then given up") {
  RudeServer server([](RudeTalk& talk) {
    talk.read_head();
    talk.write("HTTP/1.1 200 OK\r\n\r\n");
    while (talk.write(std::string(65536, 'x'))) continue;
  });
  House house;
  check_is(house.run(http(server.url())), Verdict::down, "body_too_large");
}

TEST_CASE("a body past the limit is cut and still timed, and a gzip bomb is given up") {
  const std::string bomb = net::gzipped(std::string(64u << 20, '\0'));
  CHECK(bomb.size() < 100'000);
  RudeServer server([&](RudeTalk& talk) {
    const std::string head = talk.read_head();
    const bool is_bomb = head.starts_with("GET /bomb");
    const std::string body = is_bomb ? bomb : std::string(3u << 20, 'x');
    talk.write("HTTP/1.1 200 OK\r\n" + std::string(is_bomb ? "Content-Encoding: gzip\r\n" : "") +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  });
  House house;
  Service large = http(server.url());
  large.assertions = {{"body_len", "==", std::to_string(3 << 20)}, {"body", "matches", "^x+$"}};
  check_is(house.run(large), Verdict::up, "ok");
  const auto start = steady_clock::now();
  check_is(house.run(http(server.url("/bomb"))), Verdict::down, "body_too_large");
  CHECK(steady_clock::now() - start < std::chrono::seconds{4});
}

TEST_CASE("headers without an end are given up") {
  RudeServer server([](RudeTalk& talk) {
    talk.read_head();
    talk.write("HTTP/1.1 200 OK\r\n");
    while (talk.write("X-Flood: " + std::string(1000, 'x') + "\r\n")) continue;
  });
  House house;
  check_is(house.run(http(server.url())), Verdict::down, "http_protocol");
}

TEST_CASE("one deadline for all: the phase in which it struck is the reason") {
  RudeServer silent([](RudeTalk& talk) {
    talk.read_head();
    talk.read_head();
  });
  RudeServer slow([](RudeTalk& talk) {
    talk.read_head();
    talk.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (talk.write("x")) std::this_thread::sleep_for(milliseconds{20});
  });
  House house;
  const auto start = steady_clock::now();
  check_is(house.run(http(silent.url(), milliseconds{300})), Verdict::down, "timeout_phase", "ttfb");
  check_is(house.run(http(slow.url(), milliseconds{300})), Verdict::down, "timeout_phase", "transfer");
  std::string secure = silent.url();
  secure.insert(4, "s");
  check_is(house.run(http(secure, milliseconds{300})), Verdict::down, "timeout_phase", "tls");
  CHECK(steady_clock::now() - start < std::chrono::seconds{3});
}

TEST_CASE("time that our own name server took is not held against the service") {
  RudeServer silent([](RudeTalk& talk) {
    talk.read_head();
    talk.read_head();
  });
  const auto check = [&](int deaf_to) {
    DeafNameServer names(deaf_to);
    ProberSettings settings = open_to_loopback();
    settings.name_servers = {names.text()};
    House house(std::move(settings));
    auto result = house.run(http("http://web.example:" + std::to_string(silent.port()) + "/", milliseconds{600}));
    if (deaf_to > 0) CHECK(result.detail.starts_with("the name server " + names.text() + " of this machine took "));
    return result;
  };
  check_is(check(0), Verdict::down, "timeout_phase", "ttfb");
  check_is(check(1), Verdict::unknown, "local_resolver", "");
}

TEST_CASE("a connection that breaks, and an answer that is none") {
  RudeServer broken([](RudeTalk& talk) {
    talk.read_head();
    talk.break_off();
  });
  RudeServer nonsense([](RudeTalk& talk) {
    talk.read_head();
    talk.write("SSH-2.0-OpenSSH_9.2\r\n");
  });
  House house;
  check_is(house.run(http(broken.url())), Verdict::down, "conn_reset");
  check_is(house.run(http(nonsense.url())), Verdict::down, "http_protocol");
}

TEST_CASE("credentials stay with the origin that they are for") {
  std::string here, there;
  RudeServer other([&](RudeTalk& talk) {
    there = talk.read_head();
    talk.write(kFine);
  });
  RudeServer home([&](RudeTalk& talk) {
    here = talk.read_head();
    const bool keeps_body = here.starts_with("POST /keep");
    talk.write("HTTP/1.1 " + std::string(keeps_body ? "307" : "302") + " Found\r\nLocation: " + other.url("/x") +
               "\r\nContent-Length: 0\r\n\r\n");
  });
  House house;
  Service service = http(home.url());
  service.http.auth = HttpAuth::basic;
  service.http.user = "admin";
  service.http.secret = Secret("hunter22");
  service.http.headers = {{"Cookie", "session=1"}, {"X-Api-Key", "k"}, {"Accept", "text/plain"}};
  check_is(house.run(service), Verdict::up, "ok");
  CHECK(here.find("Authorization: Basic YWRtaW46aHVudGVyMjI=") != std::string::npos);
  CHECK(here.find("User-Agent: Monitorix") != std::string::npos);
  for (const char* secret : {"Authorization", "Cookie", "X-Api-Key"}) CHECK(there.find(secret) == std::string::npos);
  CHECK(there.find("Accept: text/plain") != std::string::npos);
  service.target = home.url("/keep");
  service.http.method = "POST";
  service.http.body = "password=1";
  check_is(house.run(service), Verdict::down, "redirect_denied");
  service.target = home.url();
  service.http.redirects = RedirectMode::none;
  service.http.expected_status = {{302, 302}};
  check_is(house.run(service), Verdict::up, "ok");
}

TEST_CASE("a body is sent as what it is said to be, and an answer is taken as it comes where nothing is unfolded") {
  std::string seen;
  const std::string packed = net::gzipped("fine");
  RudeServer server([&](RudeTalk& talk) {
    seen = talk.read_head();
    const bool may_pack = seen.find("Accept-Encoding: gzip") != std::string::npos;
    const std::string body = may_pack ? packed : "plain";
    talk.write("HTTP/1.1 200 OK\r\n" + std::string(may_pack ? "Content-Encoding: gzip\r\n" : "") +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  });
  House house;
  Service service = http(server.url());
  service.http.method = "POST";
  service.assertions = {{"body", "==", "fine"}};
  const auto type_of = [&](BodyEncoding encoding, const std::string& body) {
    service.http.body_encoding = encoding;
    service.http.body = body;
    check_is(house.run(service), Verdict::up, "ok");
    static constexpr std::string_view kName = "Content-Type: ";
    const auto at = seen.find(kName) + kName.size();
    return seen.substr(at, seen.find("\r\n", at) - at);
  };
  CHECK(type_of(BodyEncoding::automatic, "{}") == "application/json");
  CHECK(type_of(BodyEncoding::json, "1") == "application/json");
  CHECK(type_of(BodyEncoding::form, "{}") == "application/x-www-form-urlencoded");
  CHECK(type_of(BodyEncoding::xml, "<a/>") == "application/xml; charset=utf-8");
  CHECK(type_of(BodyEncoding::text, "{}") == "text/plain; charset=utf-8");
  service.http.headers = {{"content-type", "a/b"}};
  CHECK_FALSE(type_of(BodyEncoding::xml, "<a/>").starts_with("application/xml"));
  service.http.decompress = false;
  service.assertions = {{"body", "==", "plain"}};
  check_is(house.run(service), Verdict::up, "ok");
}

TEST_CASE("a line break in a header smuggles nothing") {
  std::string seen;
  RudeServer server([&](RudeTalk& talk) {
    seen = talk.read_head();
    talk.write(kFine);
  });
  House house;
  Service service = http(server.url());
  service.http.headers = {{"X-A", "1\r\nX-Smuggled: 2"}};
  check_is(house.run(service), Verdict::up, "ok");
  CHECK(seen.find("\nX-Smuggled") == std::string::npos);
}

TEST_CASE("a connection is kept when the service says so, and fresh otherwise") {
  RudeServer server([](RudeTalk& talk) {
    while (!talk.read_head().empty()) talk.write(kFine);
  });
  House house;
  Service service = http(server.url());
  house.run(service);
  house.run(service);
  CHECK(server.connections() == 2);
  service.http.fresh_connection = false;
  for (int at = 0; at < 3; ++at) check_is(house.run(service), Verdict::up, "ok");
  CHECK(server.connections() == 3);
  house.prober.set_settings(ProberSettings{});  // shut again
  check_is(house.run(service), Verdict::unknown, "policy_denied");
  CHECK(server.connections() == 3);
}

TEST_CASE("no file descriptor left is our fault and says so, and passes by itself") {
  RudeServer server([](RudeTalk& talk) {
    talk.read_head();
    talk.write(kFine);
  });
  House house;
  Service port{};
  port.type = ServiceType::port;
  port.target = "127.0.0.1";
  port.port = server.port();
  Service ping{};
  ping.type = ServiceType::ping;
  ping.target = "127.0.0.1";
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{64, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &few);
  std::vector<int> taken;
  for (int one = ::open("/dev/null", O_RDONLY); one >= 0; one = ::open("/dev/null", O_RDONLY)) taken.push_back(one);
  std::vector<CheckResult> results{house.run(http(server.url())), house.run(port)};
  const CheckResult pinged = house.run(ping);
  for (const int one : taken) ::close(one);
  ::setrlimit(RLIMIT_NOFILE, &before);
  for (const CheckResult& result : results) {
    check_is(result, Verdict::unknown, "local_fault");
    CHECK(result.detail.find("LimitNOFILE") != std::string::npos);
  }
  check_is(house.run(http(server.url())), Verdict::up, "ok");
  check_is(house.run(port), Verdict::up, "ok");
  // Whoever may not ping here is told that first.
  const bool may_ping = house.prober.ping_hindrance().empty();
  check_is(pinged, Verdict::unknown, may_ping ? "local_fault" : "permission");
  CHECK(pinged.detail.find(may_ping ? "LimitNOFILE" : "ping_group_range") != std::string::npos);
}

TEST_CASE("a server that is refused by its certificate sees no request") {
  net::ScriptedServer server([](net::Talk& talk) {
    talk.read_head();
    talk.write(net::answer_of("HTTP/1.1 200 OK", "", "fine"));
  });
  House house;
  check_is(house.run(http(server.url())), Verdict::down, "tls_verify");
  CHECK(server.http_bytes() == 0);
  Service trusted = http(server.url());
  trusted.tls.ca_pem = server.identity().certificate_pem();
  const auto result = house.run(trusted);
  CHECK(result.certificate);
  CHECK(result.certificate->verified);
  CHECK(result.verdict != Verdict::down);
  check_is(house.run(http(server.url())), Verdict::down, "tls_verify");  // one service's authority is no other's
  Service other = trusted;
  other.tls.server_name = "other.example";
  check_is(house.run(other), Verdict::down, "tls_name");
  Service blind = http(server.url());
  blind.tls.verify = false;
  CHECK(!house.run(blind).certificate->verified);
}

TEST_CASE("a stopped prober ends what runs and starts nothing") {
  RudeServer silent([](RudeTalk& talk) { talk.read_head(), talk.read_head(); });
  House house;
  boost::asio::steady_timer soon(house.loop.context(), milliseconds{50});
  soon.async_wait([&](const auto&) { house.prober.stop(); });
  const auto start = steady_clock::now();
  check_is(house.run(http(silent.url())), Verdict::unknown, "local_fault");
  CHECK(steady_clock::now() - start < std::chrono::seconds{3});
  check_is(house.run(http(silent.url())), Verdict::unknown, "local_fault");
}

TEST_CASE("programs run by the convention of Nagios plugins, and only those of the list") {
  const auto room = std::filesystem::temp_directory_path() / ("monitorix-programs-" + std::to_string(::getpid()));
  std::filesystem::create_directories(room);
  const auto script = [&](const char* name, const std::string& text) {
    const auto path = room / name;
    std::ofstream(path) << "#!/bin/sh\n" << text;
    ::chmod(path.c_str(), 0755);
    return AllowedProgram{name, path.string(), {}};
  };
  ::setenv("MONITORIX_SECRET", "canary", 1);
  ProberSettings settings = open_to_loopback();
  settings.programs = {script("code", "echo \"state $1 | depth=$1;;;\"\nexit $1\n"),
                       script("words", "printf '%s,' \"$@\"; env; ls /proc/self/fd | wc -l\n"),
                       script("hang", "sleep 60 & echo $! > \"$1\"; sleep 60\n"),
                       AllowedProgram{"gone", (room / "gone").string(), {}}};
  REQUIRE(check_programs(settings.programs));
  CHECK(!check_programs({{"x", "relative", {}}}));
  CHECK(!check_programs({{"x", "/a", {}}, {"x", "/b", {}}}));
  House house(settings);
  Service service{};
  service.type = ServiceType::custom;
  service.keep_evidence = KeepEvidence::always;
  const auto run = [&](const char* command, std::vector<std::string> arguments) {
    service.custom = {command, std::move(arguments)};
    return house.run(service);
  };
  check_is(run("code", {"0"}), Verdict::up, "ok");
  const auto warning = run("code", {"1"});
  check_is(warning, Verdict::degraded, "exec_warning", "1");
  CHECK(warning.detail == "state 1");
  check_is(run("code", {"2"}), Verdict::down, "exec_critical");
  check_is(run("code", {"3"}), Verdict::unknown, "exec_unknown");
  check_is(run("other", {}), Verdict::unknown, "policy_denied");
  check_is(run("gone", {}), Verdict::unknown, "local_fault");
  service.assertions = {{"perf:depth", "<", "0"}};
  check_is(run("code", {"0"}), Verdict::down, "assert_failed");
  service.assertions.clear();
  const auto words = run("words", {"$(id)", ";reboot", "a b"});
  CHECK(words.evidence->body.starts_with("$(id),;reboot,a b,"));
  CHECK(words.evidence->body.find("canary") == std::string::npos);
  service.timeout = milliseconds{400};
  const auto note = room / "pid";
  std::ofstream(note).close();
  ::chmod(note.c_str(), 0666);
  const auto start = steady_clock::now();
  check_is(run("hang", {note.string()}), Verdict::down, "exec_killed", "timeout");
  CHECK(steady_clock::now() - start < std::chrono::seconds{2});
  int child = 0;
  std::ifstream(note) >> child;
  REQUIRE(child > 0);
  // What the program left behind is dead as well: gone, or a zombie of whoever adopted it. A signal takes a moment.
  const auto is_dead = [child] {
    std::string state;
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    for (int word = 0; word < 3; ++word) stat >> state;
    return !stat || state == "Z" || state == "X";
  };
  for (int tries = 0; tries < 100 && !is_dead(); ++tries) std::this_thread::sleep_for(milliseconds{20});
  CHECK(is_dead());
  std::filesystem::remove_all(room);
}
