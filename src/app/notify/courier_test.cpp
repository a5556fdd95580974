#include "app/notify/courier.h"

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <doctest/doctest.h>
#include <filesystem>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "base/text.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

struct Directory {
  std::filesystem::path path{std::filesystem::temp_directory_path() / ("monitorix_courier_" + to_hex(random_bytes(8)))};
  Directory() { std::filesystem::create_directories(path); }
  ~Directory() { std::filesystem::remove_all(path); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
};

/// An HTTP server on loopback that answers each request with the status it is set to.
class Receiver {
 public:
  explicit Receiver(int status) : status_(status) {
    line_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(line_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    socklen_t size = sizeof address;
    ::getsockname(line_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    REQUIRE(::listen(line_, 16) == 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~Receiver() {
    ::shutdown(line_, SHUT_RDWR);
    thread_.join();
    ::close(line_);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/in"; }

  std::atomic<int> requests{0};
  void answer(int status) { status_ = status; }

 private:
  void serve() {
    for (int line = ::accept(line_, nullptr, nullptr); line >= 0; line = ::accept(line_, nullptr, nullptr)) {
      read_request(line);
      ++requests;
      const std::string answer =
          "HTTP/1.1 " + std::to_string(status_) + " x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      (void)!::write(line, answer.data(), answer.size());
      ::close(line);
    }
  }
  /// To the end of its body, so that closing does not tear the line.
  static void read_request(int line) {
    std::string text;
    char part[4096];
    for (std::size_t wanted = std::string::npos; text.size() < wanted;) {
      const auto size = ::read(line, part, sizeof part);
      if (size <= 0) return;
      text.append(part, static_cast<std::size_t>(size));
      const auto head = text.find("\r\n\r\n");
      if (head == std::string::npos) continue;
      const auto at = lower_ascii(text).find("content-length: ");
      wanted = head + 4 + (at < head ? std::stoul(text.substr(at + 16)) : 0);
    }
  }

  int line_{-1};
  int port_{0};
  std::atomic<int> status_;
  std::thread thread_{};
};

/// A courier on a loop of its own, with what it says of messages that do not get through.
struct House {
  Directory directory{};
  Keyring keyring{*Keyring::from_master(Secret(random_bytes(32)))};
  SystemClock clock{};
  std::unique_ptr<store::Store> store{};
  net::Loop loop{};
  std::vector<std::string> missed{};
  int reached{0};

  House() {
    auto opened = store::open_store({.data_directory = directory.path.string()}, keyring);
    REQUIRE(opened);
    store = std::move(*opened);
    REQUIRE(store->migrate());
  }
  ChannelId channel(const Receiver& receiver) {
    Channel channel{.name = "hook", .type = ChannelType::webhook, .created_at = clock.wall()};
    channel.secrets["webhook_url"] = Secret(receiver.url());
    return store->outbox().create_channel(channel)->channel.id;
  }
  void want(ChannelId channel, const std::string& alert, MessageKind kind = MessageKind::firing) {
    WantedDelivery wanted{.alert = alert, .incident = "1", .channel = channel};
    wanted.message = {.kind = kind, .title = "node " + alert};
    REQUIRE(store->outbox().enqueue({wanted}, clock.wall()));
  }
  /// Until what was waited for has happened; false when it does not within the time.
  bool run(std::function<bool()> until, std::chrono::seconds patience = 30s) {
    notify::SenderSettings settings;
    settings.outbound.allowed = {*net::parse_cidr("127.0.0.0/8")};
    Courier courier({.loop = loop,
                     .store = *store,
                     .clock = clock,
                     .notes_file = (directory.path / "sent.notes").string(),
                     .missed = [this](const Delivery& row) { missed.push_back(row.alert); },
                     .reached = [this](ChannelId) { ++reached; }},
                    settings);
    REQUIRE(courier.load());
    courier.begin();
    const SteadyTime began = clock.steady();
    bool happened = false;
    loop.every("watch", 20ms, [&] {
      happened = until();
      if (happened || clock.steady() - began > patience) loop.stop();
    });
    loop.run();
    courier.stop();
    return happened;
  }
};

}  // namespace

TEST_CASE("after three tries in vain it is said, of that message and of what only waits behind it") {
  House house;
  Receiver receiver(500);
  const ChannelId channel = house.channel(receiver);
  house.want(channel, "1");
  house.want(channel, "2");
  house.want(channel, "2", MessageKind::resolved);
  CHECK(house.run([&] {
    return std::ranges::find(house.missed, "1") != house.missed.end() &&
           std::ranges::find(house.missed, "2") != house.missed.end();
  }));
  CHECK(receiver.requests >= 3);
  CHECK(house.reached == 0);
}

TEST_CASE("what a receiver takes at the second try is nobody's miss") {
  House house;
  Receiver receiver(500);
  house.want(house.channel(receiver), "1");
  CHECK(house.run([&] {
    if (receiver.requests == 1) receiver.answer(204);
    return house.reached > 0;
  }));
  CHECK(house.missed.empty());
}

TEST_CASE("what a receiver will never take is missed at once") {
  House house;
  Receiver receiver(404);
  house.want(house.channel(receiver), "1");
  CHECK(house.run([&] { return !house.missed.empty(); }));
  CHECK(receiver.requests == 1);
  CHECK(house.missed.front() == "1");
}

}  // namespace monitorix::app
