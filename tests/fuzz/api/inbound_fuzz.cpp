// What other systems send us: whatever it is, it becomes alerts that may be shown and kept, or is refused with a word.

#include <set>

#include "api/inbound/alertmanager.h"
#include "api/inbound/notice.h"
#include "base/text.h"
#include "tests/fuzz/require.h"

using namespace monitorix;
using namespace monitorix::api;

namespace {

void look_at_text(const std::string& text) {
  require(escape_controls(text) == text, "nothing that is shown can deceive");
  require(valid_utf8(text, text.size()) == text, "what is shown is text");
}

void look_at(const OutsideAlert& alert) {
  require(alert.fingerprint.size() == 16, "a fingerprint has 16 digits");
  require(!alert.name.empty() && !alert.labels.empty(), "an alert has a name and a label");
  require(alert.labels.size() <= 64, "labels are few");
  require(!alert.ends_at || *alert.ends_at > WallTime{}, "no time is no time");
  for (const std::string* text : {&alert.name, &alert.about, &alert.text}) look_at_text(*text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  const auto text = text_of(bytes, size);
  const auto alerts = read_outside_alerts(text);
  if (alerts) {
    require(alerts->size() <= kMostOutsideAlerts, "not more than are taken");
    for (const auto& alert : *alerts) look_at(alert);
    const auto again = read_outside_alerts(text);
    for (std::size_t i = 0; i < alerts->size(); ++i)
      require((*again)[i].fingerprint == (*alerts)[i].fingerprint, "the same is the same");
  } else {
    require(!alerts.error().text.empty(), "who is refused is told why");
  }
  if (const auto notice = read_notice(text)) {
    require(!notice->title.empty(), "a notice has a title");
    require(!notice->at || *notice->at > WallTime{}, "no time is no time");
    require(notice->failed_guests.size() <= 1000, "guests are bounded");
    for (const std::int64_t vmid : notice->failed_guests)
      require(vmid >= 100 && vmid <= 999'999'999, "a guest has a number of Proxmox VE");
    for (const std::string* one : {&notice->title, &notice->text, &notice->type, &notice->hostname, &notice->job})
      look_at_text(*one);
  }
  return 0;
}
