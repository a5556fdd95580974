// What software a member has: /nodes/N/apt/versions lists the packages that make up Proxmox VE, kernels among them.
// `OldVersion` is what is installed, `Version` what the package lists offer, RunningKernel stands in the row of
// proxmox-ve. /nodes/N/apt/repositories tells where they come from, and what Proxmox VE itself finds wrong with that:
// `infos` of kind "warning" are its warnings, `errors` files that it cannot read, `standard-repos` the repositories of
// Proxmox with status 1 (on), 0 (off) or none (not set up).

#include <algorithm>

#include "base/text.h"
#include "proxmox/path.h"
#include "proxmox/rota/topic.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

constexpr std::size_t kMostPackages = 1000, kMostRemarks = 100, kMostText = 1024;

/// proxmox-kernel-6.14.11-3-pve-signed -> 6.14.11-3-pve; nothing for a package that only follows a line of kernels.
std::optional<std::string> kernel_in(std::string_view package) {
  for (const std::string_view stem : {"proxmox-kernel-", "pve-kernel-"}) {
    if (!package.starts_with(stem)) continue;
    package.remove_prefix(stem.size());
    if (package.ends_with("-signed")) package.remove_suffix(std::string_view("-signed").size());
    const bool is_one =
        package.ends_with("-pve") && !package.empty() && package.front() >= '0' && package.front() <= '9';
    return is_one ? std::optional(std::string(package)) : std::nullopt;
  }
  return std::nullopt;
}

bool is_installed(const Row& row) {
  const auto state = row.text("CurrentState");
  return state ? *state == "Installed" : row.text("OldVersion").has_value();
}

void add_remarks(const Json& data, std::string_view list, std::string_view words, bool are_errors, Findings& findings,
                 std::vector<RepositoryRemark>& out) {
  const Json* items = data.find(list);
  if (items == nullptr || !items->as_array()) return;
  for (const Json& item : *items->as_array()) {
    if (!item.as_object() || out.size() >= kMostRemarks) continue;
    const Row row(item, "nodes/apt/repositories", findings);
    if (!are_errors && row.text("kind") != "warning") continue;
    auto text = row.text(words, kMostText);
    if (!text || text->empty()) continue;
    RepositoryRemark remark{.file = row.text("path").value_or(""), .text = std::move(*text), .is_error = are_errors};
    if (std::ranges::find(out, remark) == out.end()) out.push_back(std::move(remark));
  }
}

}  // namespace

Result<NodeSoftware> parse_software(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the node's packages are not a list");
  NodeSoftware out{};
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "nodes/apt/versions", findings);
    if (auto running = row.text("RunningKernel"); running && !running->empty()) out.running_kernel = std::move(running);
    const auto name = row.text("Package");
    if (!name || !is_installed(row)) continue;
    if (const auto kernel = kernel_in(*name))
      if (!out.newest_kernel || numbers_in(*out.newest_kernel) < numbers_in(*kernel)) out.newest_kernel = *kernel;
    const auto installed = row.text("OldVersion"), candidate = row.text("Version");
    const bool differs =
        installed && candidate && !installed->empty() && !candidate->empty() && *installed != *candidate;
    if (differs && out.updates.size() < kMostPackages) out.updates.push_back({*name, *installed, *candidate});
  }
  if (out.running_kernel && out.newest_kernel)
    out.kernel_outdated = numbers_in(*out.running_kernel) < numbers_in(*out.newest_kernel);
  std::ranges::sort(out.updates, {}, &PackageUpdate::name);
  return out;
}

net::Task<decltype(Observation::what)> ask_software(Asking asking, Subject subject) {
  auto heard = co_await asking.get(node_path(subject.node, "/apt/versions"), CallClass::facts);
  co_return NodeFactsReport{subject.node, {.software = asking.fact(std::move(heard), parse_software)}};
}

Result<NodeRepositories> parse_repositories(const Json& data, Findings& findings) {
  if (!data.as_object()) return fail(Errc::protocol, "the node's repositories are not an object");
  NodeRepositories out{};
  add_remarks(data, "errors", "error", true, findings, out.remarks);
  add_remarks(data, "infos", "message", false, findings, out.remarks);
  const Json* known = data.find("standard-repos");
  if (known == nullptr || !known->as_array())
    return fail(Errc::protocol, "the node does not tell its standard repositories");
  for (const Json& item : *known->as_array()) {
    if (!item.as_object()) continue;
    const Row row(item, "nodes/apt/repositories", findings);
    const Json* status = row.find("status");
    if (status == nullptr || status->is_null() || row.flag("status") != true) continue;
    if (auto handle = row.text("handle"); handle && !handle->empty()) out.enabled.push_back(std::move(*handle));
  }
  std::ranges::sort(out.enabled);
  return out;
}

net::Task<decltype(Observation::what)> ask_repositories(Asking asking, Subject subject) {
  auto heard = co_await asking.get(node_path(subject.node, "/apt/repositories"), CallClass::facts);
  co_return NodeFactsReport{subject.node, {.repositories = asking.fact(std::move(heard), parse_repositories)}};
}

}  // namespace monitorix::proxmox
