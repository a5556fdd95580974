#pragma once
// A service: what is to be checked, how, and whom it speaks about. One service has one check; the names on the wire are
// those of api.md §5, the fields those of checks.md §2. Data only; limits are enforced where a service comes in.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "model/ids.h"

namespace monitorix {

enum class ServiceType : std::uint8_t { http, https, ping, port, dns, tls, push, composite, custom };
enum class IpFamily : std::uint8_t { automatic, v4, v6, both };
enum class RedirectMode : std::uint8_t { follow, same_host, none };
enum class HttpAuth : std::uint8_t { none, basic, bearer, proxmox_token, oauth2 };
enum class TokenCredentials : std::uint8_t { header, body };
enum class BodyEncoding : std::uint8_t { automatic, json, form, xml, text };
enum class CompositeRule : std::uint8_t { all, any, k_of_n };
enum class KeepEvidence : std::uint8_t { none, on_failure, always };
enum class StartTls : std::uint8_t { none, smtp, imap, pop3, ftp, xmpp, postgres, ldap, mysql };

/// What is compared with what: `source` is status, header:X, body, json:/pointer, total_ms, ttfb_ms, cert_days,
/// remote_ip, body_len, redirects, http_version or perf:LABEL (a program's value); `op` one of == != < <= > >= contains
/// !contains matches !matches in !in exists !exists. A regular expression is of the linear-time kind.
struct Assertion {
  std::string source{}, op{}, value{};
  bool operator==(const Assertion&) const = default;
};

struct StatusRange {
  int first{200}, last{299};
  bool operator==(const StatusRange&) const = default;
};

/// How a server's certificate is judged; used by https, tls and port with TLS.
struct TlsOptions {
  bool verify{true};
  std::string ca_pem{}, client_certificate_pem{};
  Secret client_key_pem{};
  std::string server_name{};            ///< SNI and name to verify; empty = the host
  std::string minimum_version{"1.2"};   ///< 1.0, 1.1, 1.2, 1.3
  std::optional<int> expected_alert{};  ///< passes only when the server sends this TLS alert
  int warn_days{14}, critical_days{3};
  bool operator==(const TlsOptions&) const = default;
};

/// Where an access token comes from (HttpAuth::oauth2: client credentials, RFC 6749 §4.4); the client's id and secret
/// are `user` and `secret` of the options.
struct TokenOptions {
  std::string url{};
  std::string scope{}, audience{};  ///< empty = not sent
  TokenCredentials credentials{};   ///< how the client says who it is: HTTP Basic, or in the form
  bool operator==(const TokenOptions&) const = default;
};

struct HttpOptions {
  std::string method{"GET"};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  BodyEncoding body_encoding{};  ///< its Content-Type, where no header says it; automatic = JSON when it looks so
  std::vector<StatusRange> expected_status{StatusRange{}};
  RedirectMode redirects{};
  int max_redirects{5};
  std::int64_t max_body_bytes{1 << 20};  ///< after decompression
  std::string version{"auto"};           ///< auto, 1.1, 2
  HttpAuth auth{};
  std::string user{};
  Secret secret{};  ///< the password, bearer or Proxmox API token, or the secret of an OAuth 2.0 client
  TokenOptions token{};
  std::string proxy{};    ///< http://, https:// or socks5://; the environment is ignored
  bool decompress{true};  ///< asks for gzip and deflate, and unfolds them
  bool fresh_connection{true};
  bool operator==(const HttpOptions&) const = default;
};

/// One step of a conversation over TCP: exactly one of the three is filled.
struct TalkStep {
  std::string send{}, expect{};  ///< expect: a linear-time regular expression searched in what came so far
  bool start_tls{false};
  bool operator==(const TalkStep&) const = default;
};

struct PortOptions {
  bool tls{false};
  StartTls start_tls{};
  std::vector<TalkStep> steps{};  ///< at most 16
  bool operator==(const PortOptions&) const = default;
};

struct PingOptions {
  int count{3};
  std::chrono::milliseconds spacing{200};
  int size{56};
  std::optional<int> ttl{}, dscp{};
  int loss_warn_percent{34}, loss_critical_percent{100};
  std::optional<int> rtt_warn_ms{}, jitter_warn_ms{};
  bool operator==(const PingOptions&) const = default;
};

struct DnsOptions {
  std::string server{};          ///< ip[:port]; empty = the machine's own resolver addresses
  std::string transport{"udp"};  ///< udp, tcp, dot
  std::string record_type{"A"};  ///< A, AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, CAA
  std::string rcode{"NOERROR"};
  std::string match{"any_of"};         ///< any_of, all_of, none_of, regex
  std::vector<std::string> answers{};  ///< empty = any answer will do
  std::optional<int> min_ttl{}, max_ttl{};
  std::vector<std::string> serial_servers{};  ///< SOA serials must agree with these
  bool require_ad{false};
  bool operator==(const DnsOptions&) const = default;
};

struct PushOptions {
  std::chrono::milliseconds period{300'000}, grace{60'000};
  std::string cron{};       ///< five fields; empty = `period`
  std::string time_zone{};  ///< IANA name for cron; empty = UTC
  bool operator==(const PushOptions&) const = default;
};

struct CompositeOptions {
  CompositeRule rule{};
  int needed{1};  ///< of k_of_n
  std::vector<ServiceId> members{};
  bool operator==(const CompositeOptions&) const = default;
};

/// A program of the administrator's allow-list and its arguments; never a shell.
struct CustomOptions {
  std::string command{};  ///< a name in the allow-list
  std::vector<std::string> arguments{};
  bool operator==(const CustomOptions&) const = default;
};

struct Service {
  ServiceId id{};
  std::int64_t ordinal{};  ///< of creation, never used again; decides its place in the interval (checks C9)
  std::string name{};
  ServiceType type{};
  std::string target{};  ///< URL (http, https), host (ping, port, tls), name to look up (dns); empty for the others
  std::optional<int> port{};
  std::optional<GuestId> guest{};  ///< at most one of these four says whom it speaks about; it survives migration
  std::optional<NodeId> node{};
  std::optional<ClusterId> cluster{};
  std::optional<StorageId> storage{};
  bool is_active{true};
  bool maintenance_mode{false};
  std::chrono::milliseconds interval{60'000}, timeout{5'000}, retry_interval{10'000};
  int fail_after{3}, recover_after{2}, degraded_after{2};
  std::optional<std::chrono::milliseconds> nodata_grace{};  ///< absent = 2 x interval + timeout
  bool invert{false};
  IpFamily ip_family{};
  std::string address_override{};  ///< ip[:port] to dial while Host and SNI stay
  std::string source_address{};
  KeepEvidence keep_evidence{KeepEvidence::on_failure};
  std::vector<std::string> tags{};
  std::string notes{}, runbook_url{};
  std::vector<Assertion> assertions{};      ///< a miss is DOWN
  std::vector<Assertion> degraded_rules{};  ///< a miss is DEGRADED
  TlsOptions tls{};
  HttpOptions http{};
  PortOptions port_options{};
  PingOptions ping{};
  DnsOptions dns{};
  PushOptions push{};
  CompositeOptions composite{};
  CustomOptions custom{};
  WallTime created_at{};
};

/// How long a result speaks for the time after it (checks U2).
inline std::chrono::milliseconds grace_of(const Service& service) {
  return service.nodata_grace.value_or(2 * service.interval + service.timeout);
}

}  // namespace monitorix
