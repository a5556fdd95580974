#include <doctest/doctest.h>
#include <filesystem>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include "app/self/absences.h"
#include "app/self/loop_lag.h"
#include "app/self/sentinel.h"
#include "app/self/service_manager.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

/// What systemd would hear.
class Listener {
 public:
  Listener() {
    std::string name = (std::filesystem::temp_directory_path() / "monitorix-notify-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    line_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(line_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() {
    ::close(line_);
    std::filesystem::remove_all(folder_);
  }
  [[nodiscard]] std::string path() const { return folder_ + "/notify"; }
  [[nodiscard]] std::string heard() const {
    char text[100];
    const auto size = ::recv(line_, text, sizeof text, 0);
    return size < 0 ? std::string() : std::string(text, static_cast<std::size_t>(size));
  }

 private:
  std::string folder_{};
  int line_{-1};
};

/// A port on loopback that takes connections while it lives.
class Port {
 public:
  Port() {
    line_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(line_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    socklen_t size = sizeof address;
    ::getsockname(line_, reinterpret_cast<sockaddr*>(&address), &size);
    number_ = ntohs(address.sin_port);
    REQUIRE(::listen(line_, 5) == 0);
  }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  ~Port() { close(); }
  void close() {
    if (line_ >= 0) ::close(std::exchange(line_, -1));
  }
  [[nodiscard]] std::string name() const { return "127.0.0.1:" + std::to_string(number_); }

 private:
  int line_{-1};
  int number_{0};
};

struct Heard {
  int rounds{0};
  bool is_isolated{false};
  std::string said{};
};

/// One round about these places.
Heard round_of(const std::vector<std::string>& targets, std::vector<net::Cidr> allowed) {
  net::Loop loop;
  const SystemClock clock;
  check::ProberSettings settings;
  settings.outbound.allowed = std::move(allowed);
  Heard heard;
  Sentinel sentinel(loop, clock, settings, targets, [&](bool is_isolated, SteadyTime, const std::string& said) {
    heard = {heard.rounds + 1, is_isolated, said};
    loop.stop();
  });
  CHECK(sentinel.is_watching() == !targets.empty());
  sentinel.request();
  sentinel.request();  // one is under way
  loop.every("patience", 4s, [&, first = true]() mutable {
    if (!std::exchange(first, false)) loop.stop();
  });
  loop.run();
  sentinel.stop();
  return heard;
}

}  // namespace

TEST_CASE("systemd hears what it should, and without it nothing is said") {
  const Listener systemd;
  const ServiceManager manager(systemd.path(), 30s);
  CHECK(manager.say("READY=1"));
  CHECK(systemd.heard() == "READY=1");
  CHECK(manager.period() == 10s);
  CHECK_FALSE(ServiceManager{}.say("READY=1"));
  CHECK_FALSE(ServiceManager{}.period());
  CHECK_FALSE(ServiceManager("/nowhere/at/all", {}).say("READY=1"));
}

TEST_CASE("the watchdog is only ours when it names this process or none") {
  ::setenv("NOTIFY_SOCKET", "@monitorix-test", 1);
  ::setenv("WATCHDOG_USEC", "6000000", 1);
  CHECK(ServiceManager::from_environment().period() == 2s);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  CHECK(ServiceManager::from_environment().period() == 2s);
  ::setenv("WATCHDOG_PID", "1", 1);
  CHECK_FALSE(ServiceManager::from_environment().period());
  ::unsetenv("WATCHDOG_PID");
  ::setenv("WATCHDOG_USEC", "soon", 1);
  CHECK_FALSE(ServiceManager::from_environment().period());
  ::unsetenv("WATCHDOG_USEC");
  ::unsetenv("NOTIFY_SOCKET");
}

TEST_CASE("we are cut off when nobody answers, and not while one does") {
  const auto loopback = *net::parse_cidr("127.0.0.0/8");
  Port there, gone;
  gone.close();
  CHECK_FALSE(round_of({there.name(), gone.name()}, {loopback}).is_isolated);
  const Heard alone = round_of({gone.name()}, {loopback});
  CHECK(alone.rounds == 1);
  CHECK(alone.is_isolated);
  CHECK(alone.said.find(gone.name()) != std::string::npos);
}

TEST_CASE("a place that we may not ask says nothing of the network") {
  const Port there;
  CHECK(round_of({there.name()}, {}).rounds == 0);
  CHECK(round_of({}, {}).rounds == 0);
}

TEST_CASE("the lag of the loop is the worst of the last minute, and is forgotten") {
  LoopLag lag;
  SteadyTime now{100s};
  for (int i = 0; i < 10; ++i) lag.tick(now += LoopLag::kPeriod);
  CHECK(lag.worst() == 0ms);
  lag.tick(now += LoopLag::kPeriod + 3000ms);
  CHECK(lag.worst() == 3000ms);
  for (int i = 0; i < 125; ++i) lag.tick(now += LoopLag::kPeriod);
  CHECK(lag.worst() == 0ms);
}

TEST_CASE("absences are read as they were kept, and what is damaged is none") {
  const std::vector<api::Absence> all{{from_ms(1'800'000'000'000), from_ms(1'800'000'060'000)},
                                      {from_ms(1'800'000'100'000), from_ms(1'800'000'200'500)}};
  const auto read = decode_absences(encode_absences(all));
  REQUIRE(read.size() == 2);
  CHECK(read[1].from == all[1].from);
  CHECK(read[1].to == all[1].to);
  CHECK(decode_absences("").empty());
  CHECK(decode_absences(R"({"from":1})").empty());
  CHECK(decode_absences(R"([1,{"from":"x","to":"y"},{"from":"2027-01-02T00:00:00Z","to":"2027-01-01T00:00:00Z"}])")
            .empty());
}

}  // namespace monitorix::app
