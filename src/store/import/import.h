#pragma once
// What an import from a database of the original Monitorix is asked for, and what it reports. The deed is
// Store::import_original; what becomes what is in docs/adr/0020.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/user.h"

namespace monitorix::store {

struct ImportOptions {
  std::string url{};        ///< of the original's PostgreSQL
  std::string source{};     ///< what this original is called here; "" = the name of its database
  bool dry_run{false};      ///< all is tried and nothing kept
  Role role{Role::viewer};  ///< of those who were no administrators
  std::vector<std::vector<std::string>> together{};  ///< names of nodes that are one cluster
  WallTime now{};
  /// Told now and then, of the table's rows; may be empty.
  std::function<void(const std::string& table, std::int64_t done, std::int64_t total)> progress{};
};

/// The same thing to say of some rows.
struct ImportRemark {
  static constexpr std::size_t kMostIds = 100;
  std::int64_t rows{0};
  std::vector<std::int64_t> ids{};  ///< the first of them
};

struct TableReport {
  std::string name{};
  bool is_present{false};
  std::int64_t read{0};      ///< rows of the original that were looked at this time
  std::int64_t imported{0};  ///< new here
  std::int64_t there{0};     ///< here already: from an earlier import, or of our own
  std::int64_t aside{0};     ///< cannot be placed: kept whole in the table `imported`
  std::int64_t left_out{0};  ///< not kept
  std::map<std::string, ImportRemark> remarks{};

  void remark(const std::string& text, std::int64_t id, std::int64_t rows = 1);
  void add(const TableReport& page);  ///< the numbers and remarks
};

struct ImportReport {
  std::string source{}, database{};
  bool dry_run{false};
  std::vector<TableReport> tables{};
  std::vector<std::string> to_do{};  ///< for people
};

}  // namespace monitorix::store
