#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

Session read_session(const Row& row) {
  Session session;
  session.id = SessionId{row.integer(0)};
  session.user = UserId{row.integer(1)};
  session.family = row.text(2);
  session.token_hash = row.text(3);
  session.created_at = row.time(4);
  session.last_used_at = row.time(5);
  session.expires_at = row.time(6);
  session.rotated_at = row.maybe_time(7);
  session.revoked_at = row.maybe_time(8);
  session.ip = row.text(9);
  session.user_agent = row.text(10);
  return session;
}

Result<Session> insert_session(Link& link, const Session& session) {
  auto rows = link.run(
      queries::session_insert,
      {session.user.value, session.family, Blob{session.token_hash}, ms(session.created_at), ms(session.last_used_at),
       ms(session.expires_at), ms(session.rotated_at), ms(session.revoked_at), session.ip, session.user_agent});
  if (!rows) return fail(std::move(rows).error());
  Session out = session;
  out.id = SessionId{rows->front().integer(0)};
  return out;
}

Status change(Database& database, const Query& query, const Values& values) {
  return database.write([&](Link& link) -> Status {
    auto done = link.run(query, values);
    if (!done) return fail(std::move(done).error());
    return {};
  });
}

}  // namespace

Result<Session> SqlStore::create_session(const Session& session) {
  return write_value<Session>(*database_, [&](Link& link) { return insert_session(link, session); });
}

Result<Session> SqlStore::session_by_token(const std::string& token_hash) {
  return read_value<Session>(*database_, [&](Link& link) -> Result<Session> {
    auto rows = link.run(queries::session_by_token, {Blob{token_hash}});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return fail(Errc::not_found, "there is no such session");
    return read_session(rows->front());
  });
}

Result<Session> SqlStore::rotate_session(SessionId old, const Session& next) {
  return write_value<Session>(*database_, [&](Link& link) -> Result<Session> {
    auto rotated = link.run(queries::session_rotate, {old.value, ms(next.created_at)});
    if (!rotated) return fail(std::move(rotated).error());
    if (rotated->empty()) {
      auto present = link.run(queries::session_exists, {old.value});
      if (!present) return fail(std::move(present).error());
      if (present->empty()) return fail(Errc::not_found, "there is no such session");
      return fail(Errc::conflict, "the session was rotated or revoked already");
    }
    return insert_session(link, next);
  });
}

Status SqlStore::revoke_family(const std::string& family, WallTime at) {
  return change(*database_, queries::family_revoke, {family, ms(at)});
}

Status SqlStore::revoke_sessions_of(UserId user, const std::string& except_family, WallTime at) {
  return change(*database_, queries::user_revoke, {user.value, except_family, ms(at)});
}

Result<std::vector<Session>> SqlStore::live_sessions(UserId user, WallTime now) {
  return read_value<std::vector<Session>>(*database_, [&](Link& link) -> Result<std::vector<Session>> {
    auto rows = link.run(queries::sessions_live, {user.value, ms(now)});
    if (!rows) return fail(std::move(rows).error());
    std::vector<Session> out;
    for (const Row& row : *rows) out.push_back(read_session(row));
    return out;
  });
}

Status SqlStore::delete_expired_sessions(WallTime now) {
  return change(*database_, queries::sessions_expire, {ms(now)});
}

}  // namespace monitorix::store
