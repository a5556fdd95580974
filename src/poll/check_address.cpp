#include "poll/check_address.h"

namespace monitorix::poll {

std::string host_in(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const std::size_t at = url.rfind('@');
  if (at != std::string_view::npos) url.remove_prefix(at + 1);
  if (!url.empty() && url.front() == '[') return std::string(url.substr(1, url.find(']') - 1));
  const std::size_t colon = url.find(':');
  if (colon != url.rfind(':')) return std::string(url);  // an IPv6 address without brackets
  return std::string(url.substr(0, colon));
}

std::string address_of(const Service& service) {
  if (!service.address_override.empty()) return host_in(service.address_override);
  switch (service.type) {
    case ServiceType::http:
    case ServiceType::https:
    case ServiceType::ping:
    case ServiceType::port:
    case ServiceType::tls: return host_in(service.target);
    case ServiceType::dns: return host_in(service.dns.server);
    case ServiceType::push:
    case ServiceType::composite:
    case ServiceType::custom: return {};
  }
  return {};
}

}  // namespace monitorix::poll
