#include "sim/pve/access.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace monitorix::sim {

namespace {

std::string uuid_from(std::uint64_t a, std::uint64_t b) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-4%03x-8%03x-%012llx", static_cast<unsigned>(a >> 32U),
                static_cast<unsigned>((a >> 16U) & 0xFFFFU), static_cast<unsigned>(a & 0xFFFU),
                static_cast<unsigned>((b >> 48U) & 0xFFFU), static_cast<unsigned long long>(b & 0xFFFFFFFFFFFFULL));
  return text.data();
}

Token make_token(const Cluster& cluster, std::string label, std::string user, std::string name, Rights rights,
                 Token::State state = Token::State::valid) {
  const auto seed = hash_of(cluster.seed, label);
  return {std::move(label), std::move(user), std::move(name), uuid_from(seed, mix(seed)), rights, state};
}

/// What 8.4 says; 9.2 has one text for all.
std::string detailed_reason(const std::vector<Token>& tokens, std::string_view user, std::string_view name) {
  for (const auto& token : tokens) {
    if (token.user != user) continue;
    if (token.state == Token::State::user_disabled) return "user '" + token.user + "' is disabled";
    if (token.name != name) continue;
    if (token.state == Token::State::expired) return "token '" + token.name + "' access expired";
    return "invalid token value!";
  }
  return "no such token '" + std::string(name) + "' for user '" + std::string(user) + "'";
}

}  // namespace

std::vector<Token> tokens_of(const Cluster& cluster) {
  using State = Token::State;
  return {make_token(cluster, "full", "monitor@pve", "full", Rights::audit),
          make_token(cluster, "audit", "monitor@pve", "audit", Rights::audit),
          make_token(cluster, "noacl", "monitor@pve", "noacl", Rights::none),
          make_token(cluster, "powerless", "nobody@pve", "powerless", Rights::none),
          make_token(cluster, "expired", "monitor@pve", "old", Rights::audit, State::expired),
          make_token(cluster, "disabled", "off@pve", "main", Rights::audit, State::user_disabled),
          make_token(cluster, "root", "root@pam", "full", Rights::all)};
}

std::variant<Rights, Refused> authenticate(const std::vector<Token>& tokens, Version version,
                                           std::optional<std::string_view> authorization) {
  constexpr std::string_view kScheme = "PVEAPIToken";
  if (!authorization || !authorization->starts_with(kScheme)) return Refused{"No ticket"};
  auto rest = authorization->substr(kScheme.size());
  if (rest.empty() || (rest.front() != '=' && rest.front() != ' ')) return Refused{"No ticket"};
  rest.remove_prefix(1);
  const auto refuse = [version](std::string detail) {
    return Refused{version == Version::v8_4 ? std::move(detail) : "Authentication failed!"};
  };
  const auto equals = rest.rfind('=');
  const auto bang = rest.find('!');
  if (equals == std::string_view::npos || bang == std::string_view::npos || bang > equals || rest.find('@') > bang ||
      equals - bang < 3) {
    return refuse("no tokenid specified");
  }
  const auto user = rest.substr(0, bang);
  const auto name = rest.substr(bang + 1, equals - bang - 1);
  for (const auto& token : tokens) {
    if (token.user == user && token.name == name && token.secret == rest.substr(equals + 1) &&
        token.state == Token::State::valid) {
      return token.rights;
    }
  }
  return refuse(detailed_reason(tokens, user, name));
}

const std::vector<std::string_view>& privileges_of(Rights rights, Version version) {
  static const std::vector<std::string_view> none;
  static const std::vector<std::string_view> audit_8{"Datastore.Audit", "Mapping.Audit", "Pool.Audit",
                                                     "SDN.Audit",       "Sys.Audit",     "VM.Audit"};
  static const std::vector<std::string_view> audit_9{
      "Datastore.Audit", "Mapping.Audit", "Pool.Audit", "SDN.Audit", "Sys.Audit", "VM.Audit", "VM.GuestAgent.Audit"};
  static const std::vector<std::string_view> shared{"Datastore.Allocate",
                                                    "Datastore.AllocateSpace",
                                                    "Datastore.AllocateTemplate",
                                                    "Datastore.Audit",
                                                    "Group.Allocate",
                                                    "Mapping.Audit",
                                                    "Mapping.Modify",
                                                    "Mapping.Use",
                                                    "Permissions.Modify",
                                                    "Pool.Allocate",
                                                    "Pool.Audit",
                                                    "Realm.Allocate",
                                                    "Realm.AllocateUser",
                                                    "SDN.Allocate",
                                                    "SDN.Audit",
                                                    "SDN.Use",
                                                    "Sys.AccessNetwork",
                                                    "Sys.Audit",
                                                    "Sys.Console",
                                                    "Sys.Incoming",
                                                    "Sys.Modify",
                                                    "Sys.PowerMgmt",
                                                    "Sys.Syslog",
                                                    "User.Modify",
                                                    "VM.Allocate",
                                                    "VM.Audit",
                                                    "VM.Backup",
                                                    "VM.Clone",
                                                    "VM.Config.CDROM",
                                                    "VM.Config.CPU",
                                                    "VM.Config.Cloudinit",
                                                    "VM.Config.Disk",
                                                    "VM.Config.HWType",
                                                    "VM.Config.Memory",
                                                    "VM.Config.Network",
                                                    "VM.Config.Options",
                                                    "VM.Console",
                                                    "VM.Migrate",
                                                    "VM.PowerMgmt",
                                                    "VM.Snapshot",
                                                    "VM.Snapshot.Rollback"};
  static const auto with = [](std::vector<std::string_view> more) {
    more.insert(more.begin(), shared.begin(), shared.end());
    return more;
  };
  static const auto all_8 = with({"VM.Monitor"});
  static const auto all_9 = with({"VM.GuestAgent.Audit", "VM.GuestAgent.FileRead", "VM.GuestAgent.FileSystemMgmt",
                                  "VM.GuestAgent.FileWrite", "VM.GuestAgent.Unrestricted", "VM.Replicate"});
  const bool is_8 = version == Version::v8_4;
  switch (rights) {
    case Rights::all: return is_8 ? all_8 : all_9;
    case Rights::audit: return is_8 ? audit_8 : audit_9;
    case Rights::none: break;
  }
  return none;
}

bool may(Rights rights, Version version, std::string_view privilege) {
  const auto& held = privileges_of(rights, version);
  return std::find(held.begin(), held.end(), privilege) != held.end();
}

}  // namespace monitorix::sim
