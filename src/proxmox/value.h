#pragma once
// The tolerant reader of proxmox D2: numbers may be strings, booleans 0/1, anything may be missing. A value of the
// wrong kind becomes a finding that names endpoint and field; the object lives on with that field unknown.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

namespace monitorix::proxmox {

/// One JSON object of an answer. `findings` collects what could not be read ("cluster/resources: cpu").
class Row {
 public:
  Row(const Json& object, std::string_view endpoint, std::vector<std::string>& findings)
      : object_(object),
        endpoint_(endpoint),
        findings_(findings) {}

  [[nodiscard]] std::optional<double> number(std::string_view field, double lowest = -1e300,
                                             double highest = 1e300) const;
  [[nodiscard]] std::optional<double> ratio(std::string_view field) const { return number(field, 0.0, 1e6); }
  [[nodiscard]] std::optional<std::int64_t> whole(std::string_view field) const;  ///< >= 0
  /// Seconds since 1970; 0 stands for never, and what is beyond the year 9999 for nothing.
  [[nodiscard]] std::optional<WallTime> moment(std::string_view field) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view field, std::size_t max_bytes = 256) const;
  [[nodiscard]] std::optional<bool> flag(std::string_view field) const;
  [[nodiscard]] std::optional<Row> object(std::string_view field) const;
  [[nodiscard]] const Json* find(std::string_view field) const { return object_.find(field); }

 private:
  void odd(std::string_view field) const;
  const Json& object_;
  std::string_view endpoint_;
  std::vector<std::string>& findings_;
};

/// Integer, decimal, exponent form or a text of these; nullopt for all else.
std::optional<double> tolerant_number(const Json& value);
/// "prod;web", "prod, web": lower case kept as given, sorted, without empty ones and duplicates (D6).
std::vector<std::string> split_tags(std::string_view text);
std::vector<std::string> split_list(std::string_view text);

}  // namespace monitorix::proxmox
