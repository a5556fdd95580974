#include "app/notify/sent_notes.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <unistd.h>
#include <utility>

#include "base/log.h"

// note = id " " fence " " dedup_key " ." LF
namespace monitorix::app {
namespace {

constexpr std::size_t kMostBytes = 4u << 20;  // beyond that a kill may repeat a few messages, no more

}  // namespace

SentNotes::SentNotes(std::string path) : path_(std::move(path)) {}

SentNotes::~SentNotes() {
  if (file_ >= 0) ::close(file_);
}

std::vector<store::SentNote> SentNotes::read() const {
  std::vector<store::SentNote> out;
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    store::SentNote note;
    std::string end;
    if (words >> note.id >> note.fence >> note.dedup_key >> end && end == ".") out.push_back(std::move(note));
  }
  return out;
}

void SentNotes::clear() {
  if (file_ < 0) file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file_ < 0 || ::ftruncate(file_, 0) != 0)
    log::warn("no notes of what was sent: a message may come twice",
              {{"file", path_}, {"error", std::strerror(errno)}});
  outstanding_ = 0;
  bytes_ = 0;
}

void SentNotes::add(const Delivery& delivery) {
  ++outstanding_;
  if (file_ < 0 || bytes_ > kMostBytes) return;
  const std::string line =
      std::to_string(delivery.id) + ' ' + std::to_string(delivery.fence) + ' ' + delivery.dedup_key + " .\n";
  if (::write(file_, line.data(), line.size()) > 0) bytes_ += line.size();
}

void SentNotes::settled() {
  if (--outstanding_ > 0 || file_ < 0) return;
  outstanding_ = 0;
  if (::ftruncate(file_, 0) == 0) bytes_ = 0;
}

}  // namespace monitorix::app
