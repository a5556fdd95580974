#pragma once
// One run of an import: page by page from the original into our tables, each page one transaction with the note of how
// far it came, so that a run that was killed goes on where it stopped. A page that the database refuses is done again
// row by row, and a row it refuses is kept aside. Used by one thread, while no server runs.

#include <map>
#include <optional>
#include <string>

#include "history/keeper.h"
#include "model/cluster.h"
#include "store/import/import.h"
#include "store/import/original.h"

namespace monitorix::store {

/// A table of ours whose rows get the original's numbers where those are free.
struct Numbered {
  const Query* counter{};  ///< what PostgreSQL counts its ids with
  const Query* range{};    ///< whether any number of a page is taken; null when each row asks
};

class Intake {
 public:
  struct Parts {
    Original& original;
    const Keyring& keyring;
    history::Keeper& keeper;
    const ImportOptions& options;
    std::function<Status(const Unit&)> write;  ///< a transaction, or a part of the one that a dry run takes back
  };
  explicit Intake(Parts parts);

  Result<ImportReport> run();

 private:
  /// A node or a guest of ours that an old one became.
  struct Place {
    std::int64_t id{}, cluster{};
    std::string series{};  ///< its history's key
    std::optional<std::int64_t> memory_total{}, disk_total{};
  };
  using Ids = std::map<std::int64_t, std::int64_t>;
  using Places = std::map<std::int64_t, Place>;
  using Take = std::function<Status(Link&, const OldRow&, TableReport&)>;
  struct SampleProgress;
  struct Progress {
    std::int64_t last{0}, imported{0}, aside{0}, left_out{0};
  };

  // The way of a table.
  Status take_small(OldTable table, const Take& take, Numbered numbered = {});  ///< knows each of its rows
  Status take_long(OldTable table, const Take& take, Numbered numbered = {});   ///< knows how far it came
  Status take_page(OldTable table, const std::vector<OldRow>& rows, const Take& take, Numbered numbered,
                   Progress* progress, TableReport& report);
  Result<Progress> progress_of(const std::string& table);
  Status keep_progress(Link& link, const std::string& table, const Progress& progress);
  TableReport& report_of(OldTable table);
  void tell(OldTable table, std::int64_t done);

  // What became of rows.
  Result<std::optional<std::string>> known(Link& link, std::string_view kind, std::int64_t old_id);
  Status know(Link& link, std::string_view kind, std::int64_t old_id, std::int64_t id, const Secret& secret = {});
  Status keep_aside(Link& link, OldTable table, const OldRow& row, const std::string& why, TableReport& report);
  Result<std::int64_t> free_id(Link& link, const Query& ids, OldTable table, std::int64_t wanted, TableReport& report);
  [[nodiscard]] std::string sealed(const Secret& secret, std::string_view kind, std::int64_t old_id) const;
  Status check_source();
  Result<Ids> known_ids(Link& link, std::string_view kind);
  Status learn_places();

  // The tables.
  Status take_user(Link& link, const OldRow& row, TableReport& report);
  Status take_node(Link& link, const OldRow& row, TableReport& report);
  Status take_guest(Link& link, const OldRow& row, TableReport& report);
  Status take_service(Link& link, const OldRow& row, TableReport& report);
  Status take_check(Link& link, const OldRow& row, TableReport& report);
  Status take_alert(Link& link, const OldRow& row, TableReport& report);
  Status take_kept(OldTable table, Link& link, const OldRow& row, TableReport& report);
  Status take_audit(Link& link, const OldRow& row, TableReport& report);
  Status take_samples();

  Result<std::int64_t> cluster_for(Link& link, const OldRow& row, const std::string& name, bool& is_new,
                                   TableReport& report);
  Result<std::int64_t> new_cluster(Link& link, const OldRow& row, const std::string& name, const Endpoint& endpoint,
                                   TableReport& report);
  void list_what_is_to_do();

  Parts parts_;
  ImportReport report_{};
  Ids users_{}, services_{};
  Places nodes_{}, guests_{};
  bool page_is_free_{false};  // no number of the present page is taken
};

}  // namespace monitorix::store
