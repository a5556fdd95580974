#include "proxmox/reason.h"

namespace monitorix::proxmox {
namespace {

std::string_view code_of(Errc code) {
  switch (code) {
    case Errc::timeout: return "timeout";
    case Errc::unreachable: return "unreachable";
    case Errc::tls_mismatch: return "tls_mismatch";
    case Errc::too_large: return "too_large";
    case Errc::protocol: return "garbage";
    case Errc::unavailable: return "resting";
    case Errc::cancelled: return "cancelled";
    case Errc::denied: return "not_allowed";
    case Errc::invalid:
    case Errc::not_found:
    case Errc::conflict:
    case Errc::io: break;
  }
  return "failed";
}

}  // namespace

Reason reason_of(const Error& error) { return {.code = std::string(code_of(error.code)), .text = error.text}; }

Reason reason_of_status(int status, std::string_view said) {
  const std::string words = std::to_string(status) + " " + std::string(said);
  Reason out{.code = "status", .text = "it answers " + words, .params = {{"said", words}}};
  if (status != 501 && status != 404) return out;
  out.code = "unknown_call";
  out.text = "it does not know a call that every Proxmox VE knows (" + words + ")";
  return out;
}

Reason token_refused(std::string_view said) {
  const std::string words(said);
  return {.code = "token_refused", .text = "the token is refused: " + words, .params = {{"said", words}}};
}

Reason privilege_missing(std::string_view privilege) {
  const std::string name(privilege);
  return {
      .code = "privilege_missing", .text = "the token lacks the privilege " + name, .params = {{"privilege", name}}};
}

Reason unsupported() { return {.code = "unsupported", .text = "this version of Proxmox VE does not offer it"}; }

Reason not_a_backup_server() {
  return {.code = "not_a_backup_server", .text = "it answers, but it is no Proxmox Backup Server"};
}

Reason not_installed(std::string_view said) {
  return {.code = "not_installed", .text = "the node has no program for it: " + std::string(said)};
}

}  // namespace monitorix::proxmox
