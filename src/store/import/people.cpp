// Accounts and what people did.

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "store/import/import_queries.h"
#include "store/import/intake.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

constexpr std::size_t kBcryptSize = 60;
constexpr const char* kNoPassword = "!";  // no password makes this

bool is_bcrypt(const std::string& hash) {
  return hash.size() == kBcryptSize &&
         (hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$"));
}

bool names_a_secret(std::string_view name) {
  const std::string lowered = lower_ascii(name);
  for (const std::string_view word : {"token", "password", "secret", "webhook_url", "headers"})
    if (lowered.find(word) != std::string::npos) return true;
  return false;
}

/// The original wrote down what changed as it was, tokens too.
void write_without_secrets(JsonWriter& out, const Json& json) {
  if (const auto* object = json.as_object()) {
    out.begin_object();
    for (const auto& [name, value] : *object) {
      out.key(name);
      if (names_a_secret(name) && !value.is_null() && value.as_bool() == nullptr)
        out.value("(removed)");
      else
        write_without_secrets(out, value);
    }
    out.end_object();
  } else if (const auto* array = json.as_array()) {
    out.begin_array();
    for (const Json& one : *array) write_without_secrets(out, one);
    out.end_array();
  } else {
    out.raw(json.dump());
  }
}

std::optional<std::string> without_secrets(const std::optional<std::string>& changes) {
  if (!changes) return std::nullopt;
  const auto json = Json::parse(*changes);
  if (!json) return names_a_secret(*changes) ? "(removed)" : changes;
  JsonWriter out;
  write_without_secrets(out, *json);
  return out.take();
}

}  // namespace

Status Intake::take_user(Link& link, const OldRow& row, TableReport& report) {
  auto before = known(link, "users", row.id());
  if (!before) return fail(std::move(before).error());
  if (*before) {
    ++report.there;
    return {};
  }
  const std::string name(trim(row.text("username").value_or("")));
  if (name.empty()) return keep_aside(link, OldTable::users, row, "it has no user name", report);
  auto same = link.run(queries::user_by_name, {lower_ascii(name)});
  if (!same) return fail(std::move(same).error());
  if (!same->empty()) {
    ++report.there;
    report.remark("a user of this name was here: kept as he is, with his password and role", row.id());
    return know(link, "users", row.id(), same->front().integer(0));
  }
  const auto id = free_id(link, queries::import_user_ids, OldTable::users, row.id(), report);
  if (!id) return fail(id.error());
  std::string email(trim(row.text("email").value_or("")));
  for (int turn = 0;; ++turn) {
    auto taken = link.run(queries::import_email, {lower_ascii(email)});
    if (!taken) return fail(std::move(taken).error());
    if (!email.empty() && taken->empty()) break;
    if (turn == 0) report.remark("without an e-mail address, or with one that another user has", row.id());
    email = name + (turn == 0 ? "@localhost" : "-" + std::to_string(turn) + "@localhost");
  }
  std::string hash = row.text("hashed_password").value_or("");
  if (!is_bcrypt(hash)) {
    hash = kNoPassword;
    report.remark("the password cannot be taken over: `monitorix user reset-password` sets one", row.id());
  }
  const bool is_admin = row.flag("is_admin").value_or(false);
  const Secret totp(row.text("totp_secret").value_or(""));
  const bool has_totp = !totp.empty() && row.flag("totp_enabled").value_or(false);
  if (has_totp) report.remark("the second factor is kept, but this version does not ask for it yet", row.id());
  const WallTime made = row.time("created_at").value_or(parts_.options.now);
  const Role role = is_admin ? Role::admin : parts_.options.role;
  auto done = link.run(
      queries::import_user,
      {*id, name, lower_ascii(name), email, lower_ascii(email), hash, static_cast<std::int64_t>(role),
       row.flag("is_active").value_or(true),
       totp.empty() ? Value{} : Value{Blob{parts_.keyring.seal(totp, "users/" + std::to_string(*id) + "/totp_secret")}},
       has_totp, ms(made), ms(made)});
  if (!done) return fail(std::move(done).error());
  ++report.imported;
  return know(link, "users", row.id(), *id);
}

// They go to the end of the chain with the times and the words they had: the chain vouches for them from now on, and
// their name says that it did not before.
Status Intake::take_audit(Link& link, const OldRow& row, TableReport& report) {
  const auto at = row.time("created_at");
  if (!at) return keep_aside(link, OldTable::audit_logs, row, "it has no time", report);
  AuditEntry entry{};
  if (const auto user = row.integer("user_id")) {
    if (const auto found = users_.find(*user); found != users_.end()) entry.user = UserId{found->second};
  }
  entry.username = row.text("username").value_or("");
  entry.action = "original." + row.text("action").value_or("unknown");
  entry.resource_type = row.text("resource_type").value_or("");
  entry.resource_id = row.text("resource_id");
  entry.resource_name = row.text("resource_name");
  entry.changes = without_secrets(row.text("changes"));
  entry.ip_address = row.text("ip_address");
  entry.user_agent = row.text("user_agent");
  entry.error_message = row.text("error_message");
  entry.success = row.flag("success").value_or(true);
  entry.created_at = *at;
  ++report.imported;
  return insert_audit(link, parts_.keyring, entry);
}

}  // namespace monitorix::store
