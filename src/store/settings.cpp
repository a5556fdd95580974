#include "base/crypto.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {

Result<std::vector<Setting>> SqlStore::settings() {
  return read_value<std::vector<Setting>>(*database_, [&](Link& link) -> Result<std::vector<Setting>> {
    auto rows = link.run(queries::settings_all);
    if (!rows) return fail(std::move(rows).error());
    std::vector<Setting> out;
    for (const Row& row : *rows) {
      if (row.text(0).starts_with("internal.")) continue;
      Setting setting{row.text(0), row.text(1), row.integer(2), row.time(3), std::nullopt};
      if (const auto user = row.maybe_integer(4)) setting.updated_by = UserId{*user};
      out.push_back(std::move(setting));
    }
    return out;
  });
}

Result<Setting> SqlStore::put_setting(const Setting& setting, std::int64_t expected_version) {
  if (setting.key.empty() || setting.key.starts_with("internal."))
    return fail(Errc::invalid, "this name of a setting is not for use");
  return write_value<Setting>(*database_, [&](Link& link) -> Result<Setting> {
    if (expected_version != 0) {
      auto now = link.run(queries::setting_one, {setting.key});
      if (!now) return fail(std::move(now).error());
      if (now->empty()) return fail(Errc::not_found, "there is no setting " + setting.key);
      if (now->front().integer(1) != expected_version)
        return fail(Errc::conflict, "the setting " + setting.key + " was changed meanwhile");
    }
    auto rows = link.run(queries::setting_put, {setting.key, setting.value, ms(setting.updated_at),
                                                setting.updated_by ? Value{setting.updated_by->value} : Value{}});
    if (!rows) return fail(std::move(rows).error());
    Setting out = setting;
    out.version = rows->front().integer(0);
    return out;
  });
}

Status check_key(Link& link, const Keyring& keyring) {
  auto rows = link.run(queries::setting_one, {std::string(kKeyCheckSetting)});
  if (!rows) return fail(std::move(rows).error());
  if (!rows->empty()) {
    if (equal_constant_time(rows->front().text(0), keyring.check_value())) return {};
    return fail(Errc::denied,
                "the master key is not the one that this database was written with; put the right master.key back");
  }
  auto sealed = link.run(queries::sealed_count);
  if (!sealed) return fail(std::move(sealed).error());
  if (sealed->front().integer(0) > 0)
    return fail(Errc::denied, "the database holds sealed secrets but no check value of their master key");
  return fail(Errc::not_found, "no check value yet");
}

Status SqlStore::check_key() {
  Status checked;
  auto looked = database_->read([&](Link& link) -> Status {
    auto present = link.has_table("setting");
    if (!present) return fail(std::move(present).error());
    if (*present) checked = store::check_key(link, keyring_);
    return {};
  });
  if (!looked) return looked;
  if (!checked && checked.error().code == Errc::not_found) return {};
  return checked;
}

Status enter_key_check(Database& database, const Keyring& keyring) {
  return database.write([&](Link& link) -> Status {
    auto checked = check_key(link, keyring);
    if (checked || checked.error().code != Errc::not_found) return checked;
    auto entered = link.run(queries::setting_put,
                            {std::string(kKeyCheckSetting), keyring.check_value(), std::int64_t{0}, Value{}});
    if (!entered) return fail(std::move(entered).error());
    return {};
  });
}

}  // namespace monitorix::store
