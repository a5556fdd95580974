#include "net/dns/resolver.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

#include "base/text.h"

namespace monitorix::net {
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr int kDnsPort = 53, kRounds = 2;
constexpr milliseconds kMostPatience{5000};
constexpr std::string_view kIsSilent = "does not answer";
constexpr std::array kOrder{Family::v4, Family::v6};
constexpr const char* kHostsFile = "/etc/hosts";
constexpr const char* kResolverFile = "/etc/resolv.conf";

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream stream{std::string(line.substr(0, line.find_first_of("#;")))};
  std::vector<std::string> out;
  for (std::string word; stream >> word && out.size() < 64;) out.push_back(std::move(word));
  return out;
}

/// A small file that is read again when it changed; looked at once a second at most.
class WatchedFile {
 public:
  explicit WatchedFile(const char* path) : path_(path) {}
  bool changed() {
    const auto now = steady_clock::now();
    if (now < look_again_) return false;
    look_again_ = now + std::chrono::seconds{1};
    struct stat found {};
    const bool there = ::stat(path_, &found) == 0;
    const std::pair stamp{there ? found.st_mtim.tv_sec : 0, there ? found.st_mtim.tv_nsec : -1};
    if (stamp == stamp_) return false;
    stamp_ = stamp;
    std::ifstream file(path_, std::ios::binary);
    text_.assign(1u << 20, '\0');
    file.read(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return true;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  const char* path_;
  std::pair<long, long> stamp_{-1, -1};
  steady_clock::time_point look_again_{};
  std::string text_{};
};

/// The addresses at the end of the chain of aliases that starts at `name`.
std::vector<SocketAddress> addresses_in(const DnsMessage& message, std::string name, std::uint16_t type, int port) {
  std::vector<SocketAddress> out;
  for (int hop = 0; hop < 16; ++hop) {
    const DnsRecord* alias = nullptr;
    for (const DnsRecord& record : message.answers) {
      if (!same_dns_name(record.name, name)) continue;
      if (record.type == type && record.address) out.push_back(record.address->with_port(port));
      if (record.type == 5) alias = &record;
    }
    if (!out.empty() || !alias) break;
    name = alias->target;
  }
  return out;
}

bool is_localhost(std::string_view host) {
  return same_dns_name(host, "localhost") || lower_ascii(host).ends_with(".localhost");
}

}  // namespace

ResolverFile parse_resolver_file(std::string_view text) {
  ResolverFile out{};
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto words = words_of(line);
    if (words.size() < 2) continue;
    if (words[0] == "nameserver" && out.servers.size() < 3) {
      if (const auto server = SocketAddress::parse(words[1], kDnsPort)) out.servers.push_back(*server);
    } else if (words[0] == "search" || words[0] == "domain") {
      out.search.assign(words.begin() + 1, words.end());
    } else if (words[0] == "options") {
      for (const std::string& word : words)
        if (word.starts_with("ndots:")) std::from_chars(word.data() + 6, word.data() + word.size(), out.dots);
    }
  }
  if (out.servers.empty()) out.servers.push_back(SocketAddress::v4(INADDR_LOOPBACK, kDnsPort));  // as the C library
  out.dots = std::clamp(out.dots, 0, 15);
  return out;
}

std::vector<SocketAddress> addresses_in_hosts(std::string_view text, std::string_view host) {
  std::vector<SocketAddress> out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto words = words_of(line);
    for (std::size_t at = 1; at < words.size(); ++at) {
      if (!same_dns_name(words[at], host)) continue;
      if (const auto address = SocketAddress::parse(words[0], 0)) out.push_back(*address);
      break;
    }
  }
  return out;
}

struct Resolver::Impl {
  Loop& loop;
  TrustStore& trust;
  WatchedFile hosts{kHostsFile}, settings{kResolverFile};
  ResolverFile plan{};
  std::vector<SocketAddress> given{};
  OutboundPolicy own_servers{};  // ours are asked wherever they are: 127.0.0.53 is a common place

  Impl(Loop& owner, TrustStore& store) : loop(owner), trust(store) {
    for (const char* range : {"127.0.0.0/8", "::1", "169.254.0.0/16", "fe80::/10"})
      own_servers.allowed.push_back(*parse_cidr(range));
  }

  void refresh() {
    if (settings.changed()) plan = parse_resolver_file(settings.text());
    hosts.changed();
  }
  [[nodiscard]] std::vector<SocketAddress> servers() const { return given.empty() ? plan.servers : given; }

  [[nodiscard]] std::string remedy(const SocketAddress& server, std::string_view fault) const {
    const std::string who = server.port() == kDnsPort ? server.host() : server.text();
    return "the name server " + who + " of this machine " + std::string(fault) + ": look at that server and at " +
           (given.empty() ? "/etc/resolv.conf" : "name_servers in Monitorix's configuration");
  }

  /// All servers in turn, twice, each with its share of the time.
  Task<Outcome<DnsMessage>> ask(std::string name, std::uint16_t type, std::shared_ptr<Limit> limit) {
    const auto all = servers();
    Fault last{Trouble::resolver, Phase::dns, "no name server is known: look at /etc/resolv.conf"};
    const auto attempts = static_cast<long>(all.size()) * kRounds;
    for (long attempt = 0; attempt < attempts && !limit->is_over(); ++attempt) {
      const SocketAddress& server = all[static_cast<std::size_t>(attempt) % all.size()];
      const auto share = std::min(kMostPatience, limit->left() / (attempts - attempt));
      DnsCall call{};
      call.server = server;
      call.question = DnsQuestion{name, type};
      auto answer = co_await ask_dns(loop, own_servers, trust, std::move(call), Limit::within(loop, limit, share));
      if (limit->was_cancelled()) co_return broken(limit->fault(Phase::dns, name));
      const std::string who = "the name server " + server.host() + " of this machine ";
      if (!answer && answer.error().trouble == Trouble::local) {
        last = std::move(answer).error();
      } else if (!answer) {
        last = {Trouble::resolver, Phase::dns, remedy(server, kIsSilent)};
      } else if (answer->message.rcode == 2) {
        last = {Trouble::name_failed, Phase::dns, "the name server cannot find out about " + name + " (SERVFAIL)"};
      } else if (answer->message.rcode == 0 || answer->message.rcode == 3) {
        co_return std::move(answer->message);
      } else {
        last = {Trouble::resolver, Phase::dns, who + "refuses the question (" + dns_rcode(answer->message.rcode) + ")"};
      }
    }
    co_return broken(std::move(last));
  }

  Task<Outcome<std::vector<SocketAddress>>> look_up(std::string name, int port, Family family,
                                                    std::shared_ptr<Limit> limit) {
    for (const Family kind : kOrder) {
      if (family != Family::automatic && family != kind) continue;
      const std::uint16_t type = kind == Family::v4 ? 1 : 28;
      auto message = co_await ask(name, type, limit);
      if (!message) co_return broken(std::move(message).error());
      if (message->rcode == 3)
        co_return broken(Trouble::name_unknown, Phase::dns, "the name " + name + " does not exist");
      auto found = addresses_in(*message, name, type, port);
      if (!found.empty()) co_return found;
    }
    co_return broken(Trouble::name_without_address, Phase::dns, name + " has no address of the kind that is asked for");
  }

  /// The name as it is and with the endings of the search list, in the order that the dots ask for.
  [[nodiscard]] std::vector<std::string> candidates(const std::string& host) const {
    if (host.ends_with('.')) return {host.substr(0, host.size() - 1)};
    std::vector<std::string> out;
    const bool plain_first = std::ranges::count(host, '.') >= plan.dots;
    if (plain_first) out.push_back(host);
    for (const std::string& ending : plan.search)
      if (ending != ".") out.push_back(host + '.' + ending);
    if (!plain_first) out.push_back(host);
    return out;
  }
};

bool is_of(Family family, const SocketAddress& address) {
  return family == Family::automatic || (family == Family::v4) == address.is_v4();
}

Resolver::Resolver(Loop& loop, TrustStore& trust) : impl_(std::make_unique<Impl>(loop, trust)) {}
Resolver::~Resolver() = default;

std::string Resolver::remedy(const SocketAddress& server) const { return impl_->remedy(server, kIsSilent); }

std::string Resolver::remedy_slow(std::chrono::milliseconds took) {
  const auto all = servers();
  return all.empty() ? std::string()
                     : impl_->remedy(all.front(), "took " + std::to_string(took.count()) + " ms to answer");
}

void Resolver::use_servers(std::vector<SocketAddress> servers) { impl_->given = std::move(servers); }

std::vector<SocketAddress> Resolver::servers() {
  impl_->refresh();
  return impl_->servers();
}

Task<Outcome<std::vector<SocketAddress>>> Resolver::resolve(std::string host, int port, Family family,
                                                            std::shared_ptr<Limit> limit) {
  const auto without = [&host] {
    return broken(Trouble::name_without_address, Phase::dns, host + " has no address of the kind that is asked for");
  };
  if (const auto number = SocketAddress::parse(host, port)) {
    if (!is_of(family, *number)) co_return without();
    co_return std::vector{*number};
  }
  impl_->refresh();
  auto listed = addresses_in_hosts(impl_->hosts.text(), host);
  if (is_localhost(host))  // RFC 6761: never asked of a server
    for (const auto* own : {"127.0.0.1", "::1"}) listed.push_back(*SocketAddress::parse(own, 0));
  if (!listed.empty()) {
    std::vector<SocketAddress> out;
    for (const SocketAddress& address : listed)
      if (is_of(family, address)) out.push_back(address.with_port(port));
    if (out.empty()) co_return without();
    std::stable_partition(out.begin(), out.end(), [](const SocketAddress& address) { return address.is_v4(); });
    co_return out;
  }
  Outcome<std::vector<SocketAddress>> answer = without();
  for (const std::string& name : impl_->candidates(host)) {
    answer = co_await impl_->look_up(name, port, family, limit);
    const bool go_on = !answer && (answer.error().trouble == Trouble::name_unknown ||
                                   answer.error().trouble == Trouble::name_without_address);
    if (!go_on) break;
  }
  co_return answer;
}

}  // namespace monitorix::net
