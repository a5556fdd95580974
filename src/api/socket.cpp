#include "api/socket.h"

#include <algorithm>

#include "api/auth/cookies.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time_text.h"
#include "live/channel.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kCongested =
    512u << 10;  ///< beyond this no further message is queued; with one in hand < 1 MiB or so
constexpr std::size_t kMostSubscriptions = 32;
constexpr int kMostMalformed = 10;
constexpr std::chrono::seconds kStalled{30};

const std::string* text_of(const Json* json) { return json ? json->as_string() : nullptr; }

std::optional<live::Stream> parse_stream(const std::string& name) {
  for (const auto stream : {live::Stream::overview, live::Stream::clusters, live::Stream::nodes, live::Stream::vms,
                            live::Stream::storages, live::Stream::services, live::Stream::incidents})
    if (live::name_of(stream) == name) return stream;
  return std::nullopt;
}

bool read_filter(const Json* json, live::Filter& filter) {
  if (!json || json->is_null()) return true;
  const auto* members = json->as_object();
  if (!members) return false;
  for (const auto& [name, value] : *members) {
    if (value.is_null()) continue;
    std::string* slot = name == "cluster_id" ? &filter.cluster_id
                        : name == "node_id"  ? &filter.node_id
                        : name == "vm_id"    ? &filter.vm_id
                                             : nullptr;
    if (slot) {
      if (!value.as_string()) return false;
      *slot = *value.as_string();
    } else if (name == "ids" && value.as_array() && value.as_array()->size() <= 1000) {
      for (const auto& id : *value.as_array()) {
        if (!id.as_string()) return false;
        filter.ids.push_back(*id.as_string());
      }
    } else {
      return false;
    }
  }
  return true;
}

net::Response refuse(const net::Request& request, int status, std::string code, std::string detail,
                     const std::string& id, bool is_secure) {
  return finish(request, problem(status, std::move(code), std::move(detail)), id, is_secure);
}

}  // namespace

Socket::Socket(Desk& desk, std::shared_ptr<net::WebSocket> line, Caller caller)
    : desk_(desk),
      line_(std::move(line)),
      caller_(std::move(caller)) {}

void Socket::deliver(std::string head, std::shared_ptr<const std::string> body) {
  (void)line_->send({std::move(head), std::move(body)});
}

bool Socket::is_congested() const { return line_->queued_bytes() > kCongested; }

void Socket::send(std::string_view type, const std::string& data) {
  std::string text = "{\"type\":\"" + std::string(type) + "\",\"timestamp\":\"" + rfc3339(desk_.house.clock.wall()) +
                     "\",\"data\":" + data + '}';
  (void)line_->send({std::move(text), nullptr});
}

void Socket::send_error(const std::string& id, std::string_view code, std::string_view detail) {
  JsonWriter out;
  out.begin_object().key("id");
  if (id.empty())
    out.null();
  else
    out.value(id);
  out.member("code", code).member("detail", detail).end_object();
  send("error", out.text());
}

net::Task<> Socket::run() {
  JsonWriter hello;
  hello.begin_object().member("protocol", 1).member("session_id", base64url(random_bytes(9)));
  hello.member("server_time", rfc3339(desk_.house.clock.wall())).member("heartbeat_seconds", 30);
  hello.member("epoch", desk_.house.hub.epoch()).end_object();
  send("hello", hello.text());
  const std::weak_ptr<Socket> self = weak_from_this();
  line_->on_drained([self] {
    if (const auto alive = self.lock()) alive->desk_.house.hub.drained(alive.get());
  });
  while (line_->is_open()) {
    const auto text = co_await line_->read();
    if (!text) break;
    handle(*text);
  }
  line_->on_drained(nullptr);
  desk_.house.hub.unsubscribe_all(this);
}

void Socket::subscribe(const Json& data) {
  const auto* id = text_of(data.find("id"));
  const auto* name = text_of(data.find("stream"));
  const auto stream = name ? parse_stream(*name) : std::nullopt;
  live::Filter filter;
  if (!id || id->empty() || id->size() > 64 || valid_utf8(*id, 100) != *id)
    return send_error("", "bad_request", "subscribe: id must be a text of 1 to 64 bytes");
  if (!stream) return send_error(*id, "bad_request", "subscribe: this stream is not known");
  if (!read_filter(data.find("filter"), filter))
    return send_error(*id, "bad_request", "subscribe: the filter is not valid");
  if (subscriptions_.contains(*id)) return send_error(*id, "already_exists", "a subscription with this id exists");
  if (subscriptions_.size() >= kMostSubscriptions) return send_error(*id, "too_large", "at most 32 subscriptions");
  const auto* last_seq = data.find("last_seq") ? data.find("last_seq")->as_int() : nullptr;
  const auto* epoch = text_of(data.find("epoch"));
  subscriptions_.insert(*id);
  const auto done = desk_.house.hub.subscribe(shared_from_this(), *id, *stream, std::move(filter), caller_.scope,
                                              last_seq && epoch ? *epoch : "",
                                              last_seq && *last_seq > 0 ? static_cast<std::uint64_t>(*last_seq) : 0);
  if (done) return;
  subscriptions_.erase(*id);
  send_error(*id, "bad_request", done.error().text);
}

void Socket::handle(const std::string& text) {
  const auto message = Json::parse(text);
  const auto* type = message ? text_of(message->find("type")) : nullptr;
  if (!type) {
    if (++malformed_ >= kMostMalformed) return line_->close(1008, "too many malformed messages");
    return send_error("", "bad_request", "a message is a JSON object with a type");
  }
  static const Json kNone;
  const auto* data = message->find("data") ? message->find("data") : &kNone;
  const auto* id = text_of(data->find("id"));
  if (*type == "subscribe") return subscribe(*data);
  if (*type == "unsubscribe" || *type == "resync") {
    if (!id || !subscriptions_.contains(*id))
      return send_error(id ? *id : "", "not_found", "there is no such subscription");
    if (*type == "resync") return desk_.house.hub.resync(this, *id);
    desk_.house.hub.unsubscribe(this, *id);
    subscriptions_.erase(*id);
    return;
  }
  if (*type == "ping") {
    const auto* sent = text_of(data->find("timestamp"));
    JsonWriter out;
    out.begin_object()
        .member("timestamp", sent ? valid_utf8(*sent, 64) : "")
        .member("server_time", rfc3339(desk_.house.clock.wall()))
        .end_object();
    return send("pong", out.text());
  }
  send_error(id ? *id : "", "unknown_type", "this type of message is not known");
}

void Socket::dismiss(std::string_view reason, std::uint16_t code) {
  desk_.house.hub.unsubscribe_all(this);
  line_->drop_queue();
  JsonWriter out;
  out.begin_object().member("reason", reason).end_object();
  send("bye", out.text());
  line_->close(code, "");
}

void Socket::close_if_stalled() {
  if (line_->stalled_for() <= kStalled) return;
  desk_.house.hub.unsubscribe_all(this);
  line_->drop_queue();
  line_->close(1013, "too slow");
}

namespace {

net::Task<> live_on(Desk& desk, std::vector<std::weak_ptr<Socket>>& open, std::shared_ptr<net::WebSocket> line,
                    Caller caller) {
  const auto socket = std::make_shared<Socket>(desk, std::move(line), std::move(caller));
  std::erase_if(open, [](const auto& one) { return one.expired(); });
  open.push_back(socket);
  desk.counters.sockets = open.size();
  co_await socket->run();
}

}  // namespace

net::Task<net::Response> Sockets::admit(const net::Request& request, bool is_secure, std::string request_id) {
  const auto authorization = request.header("authorization");
  const bool has_bearer = authorization.starts_with("Bearer ");
  const auto origin = request.header("origin");
  if (request.method != "GET" || lower_ascii(request.header("upgrade")) != "websocket")
    co_return refuse(request, 400, "bad_request", "this address speaks WebSocket only", request_id, is_secure);
  const bool own = is_own_origin(request, is_secure, desk_.house.settings.cors_origins);
  if (!own && !(origin.empty() && has_bearer))
    co_return refuse(request, 403, "forbidden", "this origin may not connect", request_id, is_secure);
  Caller caller;
  if (has_bearer) {
    caller = (co_await desk_.sessions.identify(std::string(authorization.substr(7)))).caller;
  } else if (const auto query = Query::parse(request.query)) {
    caller = desk_.tickets.redeem(query->text("ticket")).value_or(Caller{});
  }
  if (!caller.signed_in)
    co_return refuse(request, 401, "not_authenticated", "the ticket is not valid", request_id, is_secure);
  net::Response response;
  response.status = 101;
  if (request.header("sec-websocket-protocol").find("monitorix.v1") != std::string_view::npos)
    response.subprotocol = "monitorix.v1";
  response.upgrade = [this, caller](std::shared_ptr<net::WebSocket> line) {
    return live_on(desk_, open_, std::move(line), caller);
  };
  co_return response;
}

net::Task<> Sockets::check_each() {
  const auto now_open = open_;
  for (const auto& one : now_open) {
    const auto socket = one.lock();
    if (!socket) continue;
    socket->close_if_stalled();
    switch (co_await desk_.sessions.standing(socket->caller())) {
      case Standing::valid: break;
      case Standing::token_expired: socket->dismiss("token_expired", 4401); break;
      case Standing::signed_out: socket->dismiss("signed_out", 4401); break;
      case Standing::role_changed: socket->dismiss("role_changed", 4401); break;
      case Standing::user_disabled: socket->dismiss("user_disabled", 4403); break;
    }
  }
}

// Whoever waits when the loop ends goes after us: no guard of a coroutine may reach for a member of ours.
net::Task<> Sockets::check() {
  try {
    co_await check_each();
  } catch (const std::exception& error) {
    log::error("the sockets were not checked", {{"error", std::string(error.what())}});
  }
  is_checking_ = false;
}

bool Sockets::tick() {
  std::erase_if(open_, [](const auto& one) { return one.expired(); });
  desk_.counters.sockets = open_.size();
  if (open_.empty()) return false;
  if (!is_checking_) {
    is_checking_ = true;
    desk_.house.loop.spawn("check sockets", check());
  }
  return true;
}

void Sockets::stop() {
  for (const auto& one : open_)
    if (const auto socket = one.lock()) socket->dismiss("shutting_down", 1001);
}

}  // namespace monitorix::api
