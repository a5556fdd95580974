#pragma once
// `monitorix import monitorix`: opens the house itself, for no server may run meanwhile, and reports what became of
// every table. Nothing it prints holds a secret of the original or the password of its URL.

#include <string>

#include "app/config.h"
#include "app/line/remote.h"
#include "store/import/import.h"

namespace monitorix::app {

Outcome import_monitorix(const Config& config, const Order& order);

/// The report for people and for programs.
std::string report_text(const store::ImportReport& report);
std::string report_json(const store::ImportReport& report);

}  // namespace monitorix::app
