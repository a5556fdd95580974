#pragma once
// What receivers have taken and the database has not marked yet, as lines of a file beside it. A line is there the
// moment a receiver says yes, long before a commit: whoever is killed in between reads it at the next start and tells
// nobody twice. Not synced, because a process that dies leaves its written bytes; a machine that dies may lose some,
// and then a message comes again under its key. Kept short: emptied whenever nothing is outstanding. On the loop but
// for read().

#include <string>
#include <vector>

#include "store/outbox/outbox_store.h"

namespace monitorix::app {

class SentNotes {
 public:
  explicit SentNotes(std::string path);
  ~SentNotes();
  SentNotes(const SentNotes&) = delete;
  SentNotes& operator=(const SentNotes&) = delete;

  /// Of the process before; a line that was cut is no note.
  [[nodiscard]] std::vector<store::SentNote> read() const;
  void clear();
  void add(const Delivery& delivery);
  /// One of those added is marked in the database.
  void settled();

 private:
  std::string path_;
  int file_{-1};
  int outstanding_{0};
  std::size_t bytes_{0};
};

}  // namespace monitorix::app
