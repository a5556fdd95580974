#include "notify/sender.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/zone/zone_files.h"
#include "model/notify/channel_fields.h"
#include "net/dns/resolver.h"
#include "net/outbound/child.h"
#include "net/outbound/exchange.h"
#include "notify/answer.h"
#include "notify/mail/smtp.h"

namespace monitorix::notify {
namespace {

using namespace std::chrono_literals;

constexpr auto kDeadline = 10s;
constexpr std::int64_t kMostAnswer = 256 << 10, kKeptAnswer = 8 << 10;

SendResult never(std::string why) { return {.outcome = Sent::never, .said = std::move(why)}; }

MailTls tls_of(const Channel& channel) {
  const std::string word = option_of(channel, "tls");
  if (word == "implicit") return MailTls::implicit;
  return word == "none" ? MailTls::none : MailTls::starttls;
}

SendResult judge_program(const net::ChildEnd& end) {
  if (end.fault) return judge_fault(*end.fault);
  if (end.out_of_time) return {.outcome = Sent::again, .said = "the program did not end in time and was killed"};
  if (end.signal)
    return {.outcome = Sent::again, .said = "the program was ended by signal " + std::to_string(*end.signal)};
  const int code = end.exit_code.value_or(-1);
  SendResult out{.status = code};
  out.said = "the program ended with " + std::to_string(code);
  out.answer = one_line(end.output, 256);
  // EX_TEMPFAIL of sysexits.h asks for another attempt; any other failure would fail again.
  if (code != 0) out.outcome = code == 75 ? Sent::again : Sent::never;
  return out;
}

}  // namespace

struct Sender::Impl {
  Impl(net::Loop& owner, const Clock& its_clock, SenderSettings its_settings)
      : loop(owner),
        clock(its_clock),
        settings(std::move(its_settings)),
        resolver(owner, trust),
        exchanges(owner, trust) {
    settings.outbound.private_by_list = true;
    policy = std::make_shared<const net::OutboundPolicy>(settings.outbound);
    std::vector<net::SocketAddress> servers;
    for (const std::string& text : settings.name_servers)
      if (const auto address = net::SocketAddress::parse_with_port(text, 53)) servers.push_back(*address);
    resolver.use_servers(std::move(servers));
  }

  [[nodiscard]] Letter letter(const Channel& channel, const Message& message) {
    auto found = zones.find(channel.time_zone);
    zone = found ? *found : Zone();
    return {channel, message, {channel.language, zone, settings.public_url}, clock.wall()};
  }
  net::Task<net::Outcome<net::SocketAddress>> find(std::string host, int port, std::shared_ptr<net::Limit> limit) {
    auto found = co_await resolver.resolve(host, port, net::Family::automatic, limit);
    if (!found) co_return net::broken(std::move(found).error());
    co_return found->front();
  }
  net::Task<SendResult> send_http(std::shared_ptr<const Channel> channel, HttpOut out,
                                  std::shared_ptr<net::Limit> limit);
  net::Task<SendResult> send_mail_to(std::shared_ptr<const Channel> channel, MailOut out,
                                     std::shared_ptr<net::Limit> limit);
  net::Task<SendResult> start_program(ExecOut out, std::shared_ptr<net::Limit> limit);

  net::Loop& loop;
  const Clock& clock;
  SenderSettings settings;
  std::shared_ptr<const net::OutboundPolicy> policy{};
  net::TrustStore trust{};
  net::Resolver resolver;
  net::Exchanges exchanges;
  ZoneFiles zones{};
  Zone zone{};  ///< of the letter in hand; composing does not wait for anybody
  std::set<std::shared_ptr<net::Limit>> running{};
  bool is_stopping{false};
};

net::Task<SendResult> Sender::Impl::send_http(std::shared_ptr<const Channel> channel, HttpOut out,
                                              std::shared_ptr<net::Limit> limit) {
  const auto url = net::parse_url(out.url.reveal());
  if (!url) co_return never("the channel's address cannot be used: " + url.error().text);
  const auto address = co_await find(url->host, url->port, limit);
  if (!address) co_return judge_fault(address.error());
  if (!url->is_https && !net::is_listed(*address, *policy))
    co_return never("plain HTTP goes only to networks that an administrator opened in the list of outbound networks");
  net::HttpCall call{};
  call.method = out.method;
  call.url = *url;
  for (const auto& [name, value] : out.headers) call.headers.emplace_back(name, value.reveal());
  call.body = std::move(out.body);
  call.user_agent = settings.user_agent;
  if (url->is_https) call.tls.name = url->host;
  call.to = *address;
  call.keep_bytes = kKeptAnswer;
  call.most_bytes = kMostAnswer;
  call.policy = policy;
  const auto answer = co_await exchanges.ask(std::move(call), limit);
  co_return judge_answer(channel->type, answer, clock.wall());
}

net::Task<SendResult> Sender::Impl::send_mail_to(std::shared_ptr<const Channel> channel, MailOut out,
                                                 std::shared_ptr<net::Limit> limit) {
  SmtpTerms terms{.host = option_of(*channel, "host"), .tls = tls_of(*channel), .user = option_of(*channel, "user")};
  terms.password = Secret(secret_of(*channel, "password"));
  const std::string port = option_of(*channel, "port");
  int number = 0;
  std::from_chars(port.data(), port.data() + port.size(), number);
  const auto address = co_await find(terms.host, number, limit);
  if (!address) co_return judge_fault(address.error());
  terms.to = *address;
  co_return co_await send_mail(loop, trust, policy, std::move(terms), std::move(out), limit);
}

net::Task<SendResult> Sender::Impl::start_program(ExecOut out, std::shared_ptr<net::Limit> limit) {
  const auto found = std::ranges::find(settings.programs, out.program, &AllowedProgram::name);
  if (found == settings.programs.end())
    co_return never("the program is not on this installation's list; an administrator can put it there");
  net::ChildTerms terms{.path = found->path, .arguments = found->arguments};
  terms.environment = std::move(out.environment);
  terms.input = std::move(out.input);
  const auto end = co_await net::run_child(loop, std::move(terms), limit);
  co_return judge_program(end);
}

Sender::Sender(net::Loop& loop, const Clock& clock, SenderSettings settings)
    : impl_(std::make_shared<Impl>(loop, clock, std::move(settings))) {}

Sender::~Sender() { stop(); }

void Sender::stop() {
  impl_->is_stopping = true;
  for (const auto& limit : std::set(impl_->running)) limit->cancel();
}

net::Task<SendResult> Sender::send(std::shared_ptr<const Channel> channel, Message message) {
  const auto self = impl_;
  if (self->is_stopping) co_return SendResult{.outcome = Sent::again, .said = "Monitorix is stopping"};
  auto out = compose(self->letter(*channel, message));
  if (!out) co_return never("the channel cannot be used: " + out.error().text);
  const auto limit = net::Limit::until(self->loop, std::chrono::steady_clock::now() + kDeadline);
  self->running.insert(limit);
  SendResult result{};
  if (auto* http = std::get_if<HttpOut>(&*out))
    result = co_await self->send_http(channel, std::move(*http), limit);
  else if (auto* mail = std::get_if<MailOut>(&*out))
    result = co_await self->send_mail_to(channel, std::move(*mail), limit);
  else if (auto* program = std::get_if<ExecOut>(&*out))
    result = co_await self->start_program(std::move(*program), limit);
  self->running.erase(limit);
  co_return result;
}

Result<Preview> Sender::preview(const Channel& channel, const Message& message) const {
  return preview_of(impl_->letter(channel, message));
}

std::vector<ChannelFault> Sender::faults(const Channel& channel) const {
  auto out = faults_of(channel);
  if (!impl_->zones.find(channel.time_zone)) out.push_back({"time_zone", "is no time zone that this machine knows"});
  const auto& programs = impl_->settings.programs;
  const std::string program = option_of(channel, "program");
  if (channel.type == ChannelType::exec && !program.empty() &&
      std::ranges::find(programs, program, &AllowedProgram::name) == programs.end())
    out.push_back({"program", "is not on this installation's list; an administrator can put it there"});
  return out;
}

}  // namespace monitorix::notify
