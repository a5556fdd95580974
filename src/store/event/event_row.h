#pragma once
// An event as a row: what is searched for in columns, the rest in `doc` (as object_doc.h has it).

#include <vector>

#include "model/event.h"
#include "store/sql/sql.h"

namespace monitorix::store {

Status save_events(Link& link, const std::vector<Event>& events);
Event read_event(const Row& row);

}  // namespace monitorix::store
