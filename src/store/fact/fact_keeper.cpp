#include "store/fact/fact_keeper.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/json.h"
#include "base/json_writer.h"
#include "store/fact/fact_doc.h"

namespace monitorix::store {
namespace {

constexpr std::string_view kClusterSubject = "cluster", kBackups = "backups", kAgesSubject = "ages";
constexpr std::string_view kNodePrefix = "node:", kGuestPrefix = "vm:", kContentsPrefix = "contents/";

/// Their numbers move with nearly every question.
constexpr std::array<std::string_view, 6> kRestlessTopics{"file_systems", "zfs",         "thin_pools",
                                                          "clock",        "replication", "ha"};

// FNV-1a: fast, and a stale fact after one collision in 2^64 is no harm.
std::uint64_t hash(std::string_view text, std::uint64_t seed = 0xCBF29CE484222325u) {
  for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return seed;
}
std::uint64_t key_of(std::string_view subject, std::string_view topic) { return hash(topic, hash(subject) * 31); }

template <class IdType>
std::optional<IdType> id_after(std::string_view prefix, std::string_view subject) {
  if (!subject.starts_with(prefix)) return std::nullopt;
  std::int64_t id = 0;
  const char* end = subject.data() + subject.size();
  const auto read = std::from_chars(subject.data() + prefix.size(), end, id);
  return read.ec == std::errc{} && read.ptr == end ? std::optional(IdType{id}) : std::nullopt;
}

template <class Facts>
void take(Facts& facts, const KeptFact& kept) {
  each_fact(facts, [&]<class T>(std::string_view topic, Fact<T>& fact) {
    if (topic == kept.topic) fact = decode_fact<T>(kept.doc, kept.heard_at);
  });
}

void take(FactPages& pages, const KeptFact& kept) {
  const auto page_of = [&](auto& shelf, auto id) {
    const auto found = shelf.find(id);
    auto page = found == shelf.end() ? typename std::remove_reference_t<decltype(shelf)>::mapped_type::element_type{}
                                     : *found->second;
    return page;
  };
  if (kept.subject == kClusterSubject) {
    take(pages.book.cluster, kept);
  } else if (const auto node = id_after<NodeId>(kNodePrefix, kept.subject)) {
    NodeFacts facts = page_of(pages.book.nodes, *node);
    take(facts, kept);
    pages.book.nodes[*node] = std::make_shared<const NodeFacts>(std::move(facts));
  } else if (const auto guest = id_after<GuestId>(kGuestPrefix, kept.subject)) {
    GuestFacts facts = page_of(pages.book.guests, *guest);
    take(facts, kept);
    pages.book.guests[*guest] = std::make_shared<const GuestFacts>(std::move(facts));
  } else if (kept.subject == kBackups) {
    if (kept.topic == "jobs") pages.plan.jobs = decode_fact<BackupJobs>(kept.doc, kept.heard_at);
    if (kept.topic == "not_backed_up") pages.plan.not_backed_up = decode_fact<NotBackedUp>(kept.doc, kept.heard_at);
    if (kept.topic.starts_with(kContentsPrefix))
      pages.plan.contents[kept.topic.substr(kContentsPrefix.size())] =
          decode_fact<BackupContents>(kept.doc, kept.heard_at);
  }
}

}  // namespace

/// One look at all facts of a cluster: what to write, and what stands in the store once it is written.
class FactKeeper::Walk {
 public:
  Walk(const Standing& standing, ClusterId id, WallTime now, Extent extent)
      : standing_(standing),
        id_(id),
        now_(now),
        extent_(extent) {
    ages_.begin_object();
  }

  template <class Facts>
  void page(const std::string& subject, const Facts& facts) {
    each_fact(facts, [&](std::string_view topic, const auto& fact) { look(subject, std::string(topic), fact); });
  }

  template <class T>
  void look(const std::string& subject, const std::string& topic, const Fact<T>& fact) {
    if (!fact.is_asked()) return;
    subjects_.insert(subject);
    const std::uint64_t key = key_of(subject, topic);
    const auto known = standing_.facts.find(key);
    const Stored* stored = known == standing_.facts.end() ? nullptr : &known->second;
    const std::uint64_t looked =
        hash(fact.missing ? fact.missing->code : "", static_cast<std::uint64_t>(to_ms(fact.at.value_or(WallTime{}))));
    if (stored && stored->looked == looked) return add_age(subject, topic, fact.at, *stored);
    const bool is_restless = std::ranges::find(kRestlessTopics, topic) != kRestlessTopics.end();
    if (stored && is_restless && extent_ == Extent::changed && now_ - stored->written_at < kRestless) return;
    std::string doc = encode_fact(fact);
    const std::uint64_t digest = hash(doc);
    if (stored && stored->doc == digest) {
      Stored next = *stored;
      next.looked = looked;
      next_[key] = next;
      return add_age(subject, topic, fact.at, *stored);
    }
    next_[key] = {digest, looked, fact.at.value_or(WallTime{}), now_};
    batch_.facts.push_back({id_, subject, topic, fact.at, std::move(doc)});
  }

  /// What to write, ages included when it is their time.
  FactBatch finish() {
    if (!subject_.empty()) ages_.end_object();
    ages_.end_object();
    const bool is_due = extent_ == Extent::all || now_ - standing_.ages_written_at >= kAges;
    if (is_due && has_aged_) {
      batch_.facts.push_back({id_, std::string(kAgesSubject), "", now_, ages_.take()});
      are_ages_written_ = true;
    }
    for (const std::string& subject : standing_.subjects)
      if (!subjects_.contains(subject)) batch_.gone.emplace_back(id_, subject);
    return std::move(batch_);
  }

  void enter(Standing& standing) {
    for (const auto& [key, stored] : next_) standing.facts[key] = stored;
    standing.subjects = std::move(subjects_);
    if (are_ages_written_) standing.ages_written_at = now_;
  }

 private:
  /// It says what it said, and was heard again since.
  void add_age(const std::string& subject, const std::string& topic, const std::optional<WallTime>& at,
               const Stored& stored) {
    if (!at || *at <= stored.heard_at) return;
    if (subject != subject_) {
      if (!subject_.empty()) ages_.end_object();
      ages_.key(subject).begin_object();
      subject_ = subject;
    }
    ages_.member(topic, to_seconds(*at));
    has_aged_ = true;
  }

  const Standing& standing_;
  ClusterId id_;
  WallTime now_;
  Extent extent_;
  FactBatch batch_{};
  std::unordered_map<std::uint64_t, Stored> next_{};
  std::set<std::string> subjects_{};
  JsonWriter ages_{};
  std::string subject_{};
  bool has_aged_{false}, are_ages_written_{false};
};

Result<std::map<ClusterId, FactPages>> FactKeeper::load() {
  auto rows = store_.facts();
  if (!rows) return fail(std::move(rows).error());
  const std::lock_guard lock(flushing_);
  std::map<ClusterId, Json> ages;
  for (const KeptFact& row : *rows)
    if (row.subject == kAgesSubject) ages[row.cluster] = Json::parse(row.doc).value_or(Json{});
  std::map<ClusterId, FactPages> out;
  for (KeptFact& row : *rows) {
    if (row.subject == kAgesSubject) continue;
    Standing& standing = standing_[row.cluster];
    standing.subjects.insert(row.subject);
    const WallTime written = row.heard_at.value_or(WallTime{});
    standing.facts[key_of(row.subject, row.topic)] = {hash(row.doc), 0, written, written};
    const Json* of_subject = ages[row.cluster].find(row.subject);
    const Json* aged = of_subject ? of_subject->find(row.topic) : nullptr;
    if (aged && aged->as_int() && row.heard_at) row.heard_at = std::max(*row.heard_at, from_seconds(*aged->as_int()));
    take(out[row.cluster], row);
  }
  return out;
}

void FactKeeper::note(ClusterId id, std::shared_ptr<const FactBook> book, std::shared_ptr<const BackupPlan> plan) {
  const std::lock_guard lock(mutex_);
  noted_[id] = {std::move(book), std::move(plan)};
}

Status FactKeeper::flush(Extent extent) {
  const std::lock_guard one_at_a_time(flushing_);
  std::map<ClusterId, Noted> noted;
  {
    const std::lock_guard lock(mutex_);
    noted.swap(noted_);
  }
  Status done{};
  for (const auto& [id, one] : noted)
    if (auto stored = store(id, one, extent); !stored) done = std::move(stored);
  return done;
}

Status FactKeeper::store(ClusterId id, const Noted& noted, Extent extent) {
  Standing& standing = standing_[id];
  Walk walk(standing, id, clock_.wall(), extent);
  walk.page(std::string(kClusterSubject), noted.book->cluster);
  for (const auto& [node, facts] : noted.book->nodes) walk.page(std::string(kNodePrefix) + node.text(), *facts);
  for (const auto& [guest, facts] : noted.book->guests) walk.page(std::string(kGuestPrefix) + guest.text(), *facts);
  const std::string backups(kBackups);
  walk.look(backups, "jobs", noted.plan->jobs);
  walk.look(backups, "not_backed_up", noted.plan->not_backed_up);
  for (const auto& [job, contents] : noted.plan->contents)
    walk.look(backups, std::string(kContentsPrefix) + job, contents);
  if (auto saved = store_.save_facts(walk.finish()); !saved) return saved;
  walk.enter(standing);
  return {};
}

}  // namespace monitorix::store
