// The fleet over real TLS on loopback: what a client sees on the wire.

#include "sim/fleet.h"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <doctest/doctest.h>
#include <filesystem>
#include <future>
#include <openssl/ssl.h>
#include <thread>
#include <zlib.h>

#include "base/json.h"
#include "sim/control.h"

namespace monitorix::sim {

namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Clock_ = std::chrono::steady_clock;

/// A fleet with a thread of its own; order() runs on that thread and waits.
class Running {
 public:
  explicit Running(WorldPlan plan = {}) {
    options_.plan = plan;
    options_.plan.has_events = false;
    std::string pattern = (std::filesystem::temp_directory_path() / "pvesim-test-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    fleet_ = std::make_unique<Fleet>(io_, options_, clock_, folder_);
    REQUIRE(fleet_->open());
    control_ = std::make_unique<Control>(io_, *fleet_);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Running() {
    io_.stop();
    thread_.join();
    control_.reset();
    fleet_.reset();
    std::filesystem::remove_all(folder_);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  Reply order(const std::string& path, const std::string& body = "{}") {
    std::promise<Reply> done;
    const bool is_look = path == "/stats" || path.starts_with("/guests/");
    asio::post(io_, [&] { done.set_value(control_->handle(is_look ? "GET" : "POST", path, body)); });
    return done.get_future().get();
  }
  [[nodiscard]] Json line(std::size_t index) const { return Json::parse(fleet_->endpoint_lines()[index]).value(); }
  [[nodiscard]] std::uint16_t port(std::size_t cluster = 0, std::size_t node = 0) const {
    return fleet_->listener(cluster, node).port();
  }
  [[nodiscard]] std::string token(const std::string& label = "full") const {
    return *line(0).find("tokens")->find(label)->as_string();
  }
  [[nodiscard]] std::int64_t counted(const std::string& name, std::size_t node = 0) {
    const auto stats = Json::parse(order("/stats").body).value();
    return *(*stats.find("nodes")->as_array())[node].find(name)->as_int();
  }

 private:
  SystemClock clock_{};
  Options options_{};
  std::string folder_{};
  asio::io_context io_{1};
  std::unique_ptr<Fleet> fleet_{};
  std::unique_ptr<Control> control_{};
  std::thread thread_{};
};

struct Got {
  std::string head{};
  std::string body{};
  [[nodiscard]] std::string status_line() const { return head.substr(0, head.find("\r\n")); }
  [[nodiscard]] bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

class Client {
 public:
  explicit Client(std::uint16_t port) : stream_(io_, tls_) {
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
  }
  void shake_hands() { stream_.handshake(asio::ssl::stream_base::client); }
  /// SHA-256 of the leaf, as the endpoint line writes it.
  [[nodiscard]] std::string fingerprint() {
    auto* leaf = SSL_get1_peer_certificate(stream_.native_handle());
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    X509_digest(leaf, EVP_sha256(), digest.data(), &size);
    X509_free(leaf);
    std::string out;
    for (auto byte : digest) {
      std::array<char, 4> text{};
      std::snprintf(text.data(), text.size(), "%s%02X", out.empty() ? "" : ":", byte);
      out += text.data();
    }
    return out;
  }
  void send(const std::string& path, const std::string& token, const std::string& more = "",
            std::string method = "GET") {
    const auto text = method + " /api2/json" + path + " HTTP/1.1\r\nHost: x\r\n" +
                      (token.empty() ? "" : "Authorization: PVEAPIToken=" + token + "\r\n") + more + "\r\n";
    asio::write(stream_, asio::buffer(text));
  }
  Got get(const std::string& path, const std::string& token, const std::string& more = "", std::string method = "GET") {
    send(path, token, more, method);
    return read(method == "HEAD");
  }
  Got read(bool is_head = false) {
    Got got;
    boost::system::error_code error;
    const auto end = asio::read_until(stream_, asio::dynamic_buffer(buffer_), "\r\n\r\n", error);
    if (error) return got;
    got.head = buffer_.substr(0, end);
    buffer_.erase(0, end);
    const auto length = got.head.find("Content-Length: ");
    const auto size = length == std::string::npos || is_head ? 0 : std::stoul(got.head.substr(length + 16));
    if (buffer_.size() < size) {
      asio::read(stream_, asio::dynamic_buffer(buffer_), asio::transfer_exactly(size - buffer_.size()), error);
    }
    got.body = buffer_.substr(0, size);
    buffer_.erase(0, got.body.size());
    return got;
  }
  /// What comes until the end, up to a limit.
  std::string drain(std::size_t limit, boost::system::error_code& error) {
    std::array<char, 16'384> piece{};
    while (buffer_.size() < limit) {
      const auto size = stream_.read_some(asio::buffer(piece), error);
      if (error) break;
      buffer_.append(piece.data(), size);
    }
    return std::exchange(buffer_, {});
  }
  [[nodiscard]] bool is_closed() {
    boost::system::error_code error;
    char c = 0;
    stream_.read_some(asio::buffer(&c, 1), error);
    return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  }
  asio::ssl::stream<Tcp::socket>& stream() { return stream_; }

 private:
  asio::io_context io_{};
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  asio::ssl::stream<Tcp::socket> stream_;
  std::string buffer_{};
};

std::size_t unpacked_size(const std::string& packed) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::array<unsigned char, 65'536> out{};
  std::size_t size = 0;
  int code = Z_OK;
  while (code == Z_OK) {
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    code = inflate(&stream, Z_NO_FLUSH);
    size += out.size() - stream.avail_out;
  }
  inflateEnd(&stream);
  return code == Z_STREAM_END ? size : 0;
}

double seconds_of(Clock_::time_point start) { return std::chrono::duration<double>(Clock_::now() - start).count(); }

}  // namespace

TEST_CASE("the endpoint line names the certificate that the listener shows") {
  Running fleet;
  Client client(fleet.port());
  client.shake_hands();
  CHECK(client.fingerprint() == *fleet.line(0).find("fingerprint")->as_string());
  CHECK(std::filesystem::exists(*fleet.line(0).find("ca_file")->as_string()));
  CHECK(client.get("/version", fleet.token()).body.find("9.2.11") != std::string::npos);
}

TEST_CASE("calls of the privileged daemon carry both Connection headers and the connection lives on") {
  Running fleet;
  Client client(fleet.port());
  client.shake_hands();
  const auto first = client.get("/cluster/status", fleet.token());
  CHECK(first.has("Connection: close\r\nConnection: Keep-Alive\r\n"));
  const auto second = client.get("/cluster/resources", fleet.token());
  CHECK_FALSE(second.has("Connection: close"));
  CHECK(second.status_line() == "HTTP/1.1 200 OK");
}

TEST_CASE("a connection lives for a hundred requests, and ends after an error") {
  Running fleet;
  const auto token = fleet.token();
  Client client(fleet.port());
  client.shake_hands();
  for (int i = 0; i < 100; ++i) REQUIRE(client.get("/version", token).status_line() == "HTTP/1.1 200 OK");
  CHECK(client.is_closed());
  Client other(fleet.port());
  other.shake_hands();
  CHECK(other.get("/nosuch", token).status_line() == "HTTP/1.1 501 Method 'GET /nosuch' not implemented");
  CHECK(other.is_closed());
}

TEST_CASE("HEAD is not known") {
  Running fleet;
  Client client(fleet.port());
  client.shake_hands();
  CHECK(client.get("/version", fleet.token(), "", "HEAD").status_line().starts_with("HTTP/1.1 501 "));
}

TEST_CASE("large answers are packed when the client can unpack them") {
  Running fleet;
  Client client(fleet.port());
  client.shake_hands();
  const auto plain = client.get("/cluster/resources", fleet.token());
  const auto packed = client.get("/cluster/resources", fleet.token(), "Accept-Encoding: gzip\r\n");
  CHECK_FALSE(plain.has("Content-Encoding"));
  CHECK(packed.has("Content-Encoding: gzip"));
  CHECK(packed.body.size() < plain.body.size());
  CHECK(unpacked_size(packed.body) > 1'024);
  CHECK_FALSE(client.get("/version", fleet.token(), "Accept-Encoding: gzip\r\n").has("Content-Encoding"));
}

TEST_CASE("a wrong secret costs three seconds and gives an empty 401") {
  Running fleet;
  Client client(fleet.port());
  client.shake_hands();
  const auto start = Clock_::now();
  const auto got = client.get("/version", "monitor@pve!full=00000000-0000-4000-8000-000000000000");
  CHECK(got.status_line() == "HTTP/1.1 401 Authentication failed!");
  CHECK_FALSE(got.has("Content-Type"));
  CHECK(seconds_of(start) > 2.9);
}

TEST_CASE("a client that turns away at the certificate has sent no HTTP byte") {
  Running fleet;
  {
    Client client(fleet.port());
    client.stream().set_verify_mode(asio::ssl::verify_peer);
    client.stream().set_verify_callback([](bool, auto&) { return false; });
    boost::system::error_code error;
    client.stream().handshake(asio::ssl::stream_base::client, error);
    CHECK(error);
  }
  CHECK(fleet.counted("connections") == 1);
  CHECK(fleet.counted("http_bytes_received") == 0);
  CHECK(fleet.counted("requests") == 0);
}

TEST_CASE("a renewed certificate is shown from the next handshake on") {
  Running fleet;
  const auto before = *fleet.line(0).find("fingerprint")->as_string();
  REQUIRE(fleet.order("/certificate/oslo/oslo-1").status == 200);
  Client client(fleet.port());
  client.shake_hands();
  CHECK(client.fingerprint() != before);
  CHECK(client.fingerprint() == *fleet.line(0).find("fingerprint")->as_string());
}

TEST_CASE("a killed node refuses connections, its peers say 595, and it comes back on the same port") {
  Running fleet;
  const auto port = fleet.port(0, 1);
  REQUIRE(fleet.order("/node/oslo/oslo-2/kill", R"({"detect_seconds":0})").status == 200);
  CHECK_THROWS(Client(port).shake_hands());
  Client peer(fleet.port());
  peer.shake_hands();
  const auto status = peer.get("/cluster/status", fleet.token());
  CHECK(status.body.find("\"online\":0") != std::string::npos);
  const auto got = peer.get("/nodes/oslo-2/status", fleet.token());
  CHECK(got.status_line() == "HTTP/1.1 595 No route to host");
  CHECK(got.body.empty());
  REQUIRE(fleet.order("/node/oslo/oslo-2/revive").status == 200);
  Client back(port);
  back.shake_hands();
  CHECK(back.get("/version", fleet.token()).status_line() == "HTTP/1.1 200 OK");
}

TEST_CASE("a touch by order changes exactly one row of the large answer") {
  WorldPlan plan;
  plan.is_still = true;
  Running fleet(plan);
  const auto rows = [&fleet] {
    Client client(fleet.port());
    client.shake_hands();
    std::map<std::string, std::string> out;
    const auto answer = Json::parse(client.get("/cluster/resources?type=vm", fleet.token()).body).value();
    for (const auto& row : *answer.find("data")->as_array()) out[*row.find("id")->as_string()] = row.dump();
    return out;
  };
  auto before = rows();
  std::string touched;
  for (const auto& [id, row] : before) {
    if (row.find("\"running\"") != std::string::npos) touched = id;
  }
  REQUIRE(fleet.order("/guest/oslo/" + touched.substr(touched.find('/') + 1) + "/touch").status == 200);
  for (const auto& [id, row] : rows()) CHECK((row != before[id]) == (id == touched));
}

TEST_CASE("every fault does what its name says") {
  Running fleet;
  const auto token = fleet.token();
  const auto with = [&](const std::string& mode, const std::string& more = "") {
    REQUIRE(fleet.order("/fault/oslo/oslo-1", R"({"mode":")" + mode + "\"" + more + "}").status == 200);
  };
  const auto ask = [&](std::size_t limit = 1 << 20) {
    Client client(fleet.port());
    client.shake_hands();
    client.send("/cluster/resources", token);
    boost::system::error_code error;
    return std::pair{client.drain(limit, error), error};
  };
  const auto body_of = [](const std::string& text) {
    return text.substr(std::min(text.find("\r\n\r\n") + 4, text.size()));
  };
  SUBCASE("wrong statuses") {
    for (const auto& [mode, line] : {std::pair{"e500", "HTTP/1.1 500 got no worker upid"},
                                     {"e595", "HTTP/1.1 595 No route to host"},
                                     {"e596", "HTTP/1.1 596 Connection timed out"},
                                     {"e403", "HTTP/1.1 403 Permission check failed"},
                                     {"redirect", "HTTP/1.1 302 Found"}}) {
      with(mode);
      CHECK(ask().first.starts_with(line));
    }
  }
  SUBCASE("bytes that are no answer") {
    with("garbage");
    CHECK_FALSE(Json::parse(body_of(ask().first)));
    with("not_http");
    CHECK_FALSE(ask().first.starts_with("HTTP"));
    with("html200");
    CHECK(ask().first.find("text/html") != std::string::npos);
    with("rst");
    CHECK(ask().second == asio::error::connection_reset);
  }
  SUBCASE("answers cut off") {
    with("cut");
    const auto cut = ask();
    CHECK(cut.second == asio::ssl::error::stream_truncated);
    CHECK_FALSE(Json::parse(body_of(cut.first)));
    with("truncated");
    const auto [text, error] = ask();
    const auto said = std::stoul(text.substr(text.find("Content-Length: ") + 16));
    CHECK(said == body_of(text).size() + 1'000);
  }
  SUBCASE("answers without end") {
    with("infinite");
    CHECK(ask(3'000'000).first.size() >= 3'000'000);
    with("hdrflood");
    CHECK(ask(3'000'000).first.find("\r\n\r\n") == std::string::npos);
    with("huge", R"(,"size":5000000)");
    const auto body = body_of(ask(20'000'000).first);
    CHECK(body.size() >= 5'000'000);
    CHECK(body.ends_with("\"}]}"));
    with("gzipbomb");
    CHECK(unpacked_size(body_of(ask().first)) == 256U << 20U);
  }
  SUBCASE("answers that are JSON, but not what was promised") {
    with("deep");
    CHECK(body_of(ask().first).find(std::string(200, '[')) != std::string::npos);
    with("wrong_types");
    const auto wrong = body_of(ask().first);
    REQUIRE(Json::parse(wrong));
    CHECK(wrong.find(R"("cpu":{"wrong":"type"})") != std::string::npos);
    with("xss");
    CHECK(body_of(ask().first).find("<script>") != std::string::npos);
    with("badutf8");
    CHECK(body_of(ask().first).find("\xC3\x28") != std::string::npos);
  }
  SUBCASE("one path only, and cleared again") {
    with("e500", R"(,"path":"/cluster/tasks")");
    CHECK(ask().first.starts_with("HTTP/1.1 200"));
    with("e500");
    CHECK(ask().first.starts_with("HTTP/1.1 500"));
    with("clear");
    Client client(fleet.port());
    client.shake_hands();
    CHECK(client.get("/cluster/resources", token).status_line() == "HTTP/1.1 200 OK");
  }
  SUBCASE("slow and silent") {
    with("slow", R"(,"bytes_per_second":50)");
    Client slow(fleet.port());
    slow.shake_hands();
    slow.send("/version", token);
    const auto start = Clock_::now();
    boost::system::error_code error;
    CHECK(slow.drain(40, error).size() >= 40);
    CHECK(seconds_of(start) > 0.5);
    REQUIRE(fleet.order("/fault/oslo/oslo-2", R"({"mode":"hang"})").status == 200);
    Client hung(fleet.port(0, 1));
    hung.shake_hands();
    hung.send("/version", token);
    while (fleet.counted("requests", 1) < 1) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    CHECK(fleet.counted("bytes_sent", 1) == 0);
    with("accept_silent");
    Client silent(fleet.port());
    const std::string hello = "\x16\x03\x01";
    asio::write(silent.stream().next_layer(), asio::buffer(hello));
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    CHECK(silent.stream().next_layer().available() == 0);
  }
}

TEST_CASE("guest agents answer, are off or dead, and want the privilege of their version") {
  for (const auto version : {Version::v8_4, Version::v9_2}) {
    WorldPlan plan;
    plan.version = version;
    plan.guests = 40;
    Running running(plan);
    std::string vm, node;
    const auto guests = Json::parse(running.order("/guests/oslo").body).value();
    for (const auto& guest : *guests.as_array())
      if (*guest.find("agent")->as_string() == "running" && *guest.find("running")->as_bool()) {
        vm = std::to_string(*guest.find("vmid")->as_int());
        node = *guest.find("node")->as_string();
        break;
      }
    REQUIRE_FALSE(vm.empty());
    const auto ask = [&](const std::string& command, const std::string& label = "root") {
      Client client(running.port());
      client.shake_hands();
      return client.get("/nodes/" + node + "/qemu/" + vm + "/agent/" + command, running.token(label));
    };
    for (const std::string command : {"get-fsinfo", "network-get-interfaces", "get-osinfo", "get-host-name"}) {
      const auto got = ask(command);
      CHECK(got.status_line() == "HTTP/1.1 200 OK");
      CHECK(got.body.starts_with(R"({"data":{"result":)"));
    }
    const auto denied = ask("get-fsinfo", "full");
    const bool is_9 = version == Version::v9_2;
    CHECK(denied.status_line() ==
          (is_9 ? "HTTP/1.1 200 OK" : "HTTP/1.1 403 Permission check failed (/vms/" + vm + ", VM.Monitor)"));
    CHECK(running.order("/guest/oslo/" + vm + "/agent", R"({"state":"off"})").status == 200);
    CHECK(ask("get-osinfo").status_line() == "HTTP/1.1 500 No QEMU guest agent configured");
    CHECK(running.order("/guest/oslo/" + vm + "/agent", R"({"state":"dead"})").status == 200);
    const auto begun = Clock_::now();
    CHECK(ask("get-osinfo").status_line() == "HTTP/1.1 500 QEMU guest agent is not running");
    CHECK(Clock_::now() - begun >= std::chrono::milliseconds{2900});
    CHECK(running.order("/guest/oslo/" + vm + "/agent", R"({"state":"running"})").status == 200);
    CHECK(ask("get-osinfo").status_line() == "HTTP/1.1 200 OK");
  }
}

TEST_CASE("plain HTTP is sent to HTTPS") {
  Running fleet;
  asio::io_context io;
  Tcp::socket socket(io);
  socket.connect({asio::ip::address_v4::loopback(), fleet.port()});
  asio::write(socket, asio::buffer(std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
  std::string got;
  boost::system::error_code error;
  asio::read(socket, asio::dynamic_buffer(got), error);
  CHECK(got.starts_with("HTTP/1.1 301 "));
  CHECK(fleet.counted("http_bytes_received") == 0);
}

}  // namespace monitorix::sim
