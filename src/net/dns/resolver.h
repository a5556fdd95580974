#pragma once
// Names to addresses, on the loop: numbers, then /etc/hosts, then the servers of /etc/resolv.conf (both read again when
// they changed). No thread, no cache: a check wants to know how it is now. Other sources of nsswitch are not asked.
// A name that does not exist is the name's fault; a server of ours that refuses or is silent is ours.

#include <chrono>
#include <string>
#include <vector>

#include "net/dns/ask.h"

namespace monitorix::net {

enum class Family : std::uint8_t { automatic, v4, v6 };  ///< automatic: v4, and v6 when there is none
[[nodiscard]] bool is_of(Family family, const SocketAddress& address);

class Resolver {
 public:
  Resolver(Loop& loop, TrustStore& trust);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// In place of /etc/resolv.conf; empty = that file.
  void use_servers(std::vector<SocketAddress> servers);
  /// At least one address; Trouble: name_unknown, name_failed, name_without_address, resolver, cancelled, local.
  Task<Outcome<std::vector<SocketAddress>>> resolve(std::string host, int port, Family family,
                                                    std::shared_ptr<Limit> limit);
  [[nodiscard]] std::vector<SocketAddress> servers();
  /// What to do about one that is silent.
  [[nodiscard]] std::string remedy(const SocketAddress& server) const;
  /// The same when there was an answer at last.
  [[nodiscard]] std::string remedy_slow(std::chrono::milliseconds took);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The two files, as text.
struct ResolverFile {
  std::vector<SocketAddress> servers{};
  std::vector<std::string> search{};
  int dots{1};
};
ResolverFile parse_resolver_file(std::string_view text);
std::vector<SocketAddress> addresses_in_hosts(std::string_view text, std::string_view host);

}  // namespace monitorix::net
