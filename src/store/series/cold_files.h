#pragma once
// The files of finished blocks of open hours (history/cold/cold_file.h): without a name in the data directory, so that
// the kernel takes each back when nobody holds it any more, be it by an end in order or a crash. Only ever read by the
// process that wrote it.

#include <string>

#include "history/cold/cold_file.h"

namespace monitorix::store {

history::MakeColdFile cold_files(std::string directory);

}  // namespace monitorix::store
