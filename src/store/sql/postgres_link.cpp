#include "store/sql/postgres_link.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <libpq-fe.h>
#include <unistd.h>

namespace monitorix::store {
namespace {

enum Oid_ : unsigned {
  oid_bool = 16,
  oid_bytea = 17,
  oid_int8 = 20,
  oid_int2 = 21,
  oid_int4 = 23,
  oid_float4 = 700,
  oid_float8 = 701,
  oid_numeric = 1700
};

/// The parameters of one call, in the form that libpq takes.
class Parameters {
 public:
  explicit Parameters(const Values& values) {
    texts_.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) add(i, values[i]);
  }
  [[nodiscard]] bool has_zero_byte() const { return zero_byte_; }
  [[nodiscard]] int count() const { return static_cast<int>(pointers_.size()); }
  [[nodiscard]] const char* const* pointers() const { return pointers_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  void add(std::size_t at, const Value& value) {
    std::string& text = texts_[at];
    bool is_null = false, is_binary = false;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      text = std::to_string(*whole);
    } else if (const auto* real = std::get_if<double>(&value)) {
      std::array<char, 40> digits{};
      const auto end = std::to_chars(digits.begin(), digits.end(), *real);
      text.assign(digits.data(), end.ptr);
    } else if (const auto* truth = std::get_if<bool>(&value)) {
      text = *truth ? "t" : "f";
    } else if (const auto* string = std::get_if<std::string>(&value)) {
      text = *string;
      zero_byte_ = zero_byte_ || text.find('\0') != std::string::npos;
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      text = blob->bytes;
      is_binary = true;
    } else {
      is_null = true;
    }
    pointers_.push_back(is_null ? nullptr : text.c_str());
    lengths_.push_back(static_cast<int>(text.size()));
    formats_.push_back(is_binary ? 1 : 0);
  }

  std::vector<std::string> texts_{};
  std::vector<const char*> pointers_{};
  std::vector<int> lengths_{}, formats_{};
  bool zero_byte_{false};
};

Value read_field(const PGresult* answer, int row, int column) {
  if (PQgetisnull(answer, row, column) != 0) return {};
  const char* text = PQgetvalue(answer, row, column);
  const auto size = static_cast<std::size_t>(PQgetlength(answer, row, column));
  switch (PQftype(answer, column)) {
    case oid_bool: return text[0] == 't';
    case oid_int2:
    case oid_int4:
    case oid_int8: {
      std::int64_t number = 0;
      std::from_chars(text, text + size, number);
      return number;
    }
    case oid_float4:
    case oid_float8:
    case oid_numeric: {
      double number = 0;
      std::from_chars(text, text + size, number);
      return number;
    }
    case oid_bytea: {
      std::size_t length = 0;
      unsigned char* bytes = PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &length);
      Blob blob{bytes == nullptr ? std::string() : std::string(reinterpret_cast<char*>(bytes), length)};
      PQfreemem(bytes);
      return blob;
    }
    default: return std::string(text, size);
  }
}

bool is_local_host(std::string_view host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || host == "::1" ||
         host.starts_with("127.");
}

}  // namespace

std::string postgres_placeholders(std::string_view sql) {
  std::string out;
  out.reserve(sql.size());
  char quote = 0;  // ' or " while inside, '-' inside a comment
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote == '-') {
      if (c == '\n') quote = 0;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '-' && i + 1 < sql.size() && sql[i + 1] == '-') {
      quote = '-';
    } else if (c == '?') {
      out += '$';
      continue;
    }
    out += c;
  }
  return out;
}

Result<std::string> postgres_connection_text(const std::string& url) {
  std::string text = url;
  if (const auto plus = text.find('+'), colon = text.find("://");
      plus != std::string::npos && colon != std::string::npos && plus < colon)
    text.erase(plus, colon - plus);  // postgresql+asyncpg://, as the original's users have it
  char* trouble = nullptr;
  PQconninfoOption* options = PQconninfoParse(text.c_str(), &trouble);
  if (options == nullptr) {
    PQfreemem(trouble);  // may quote the password
    return fail(Errc::invalid, "the database URL is not of the form postgresql://user:password@host:port/name");
  }
  std::string out, host;
  bool has_mode = false, has_root = false, has_timeout = false;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view name = option->keyword, value = option->val;
    if (name == "host" || (name == "hostaddr" && host.empty())) host = value;
    has_mode = has_mode || name == "sslmode";
    has_root = has_root || name == "sslrootcert";
    has_timeout = has_timeout || name == "connect_timeout";
    out += std::string(name) + "='";
    for (const char c : value) out += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string{c};
    out += "' ";
  }
  PQconninfoFree(options);
  if (!has_mode && !is_local_host(host)) {
    out += "sslmode='verify-full' ";
    if (!has_root) out += "sslrootcert='/etc/ssl/certs/ca-certificates.crt' ";
  }
  if (!has_timeout) out += "connect_timeout='3' ";
  out += "tcp_user_timeout='10000' client_encoding='UTF8' fallback_application_name='monitorix'";
  return out;
}

void PostgresLink::Clearer::operator()(pg_result* result) const { PQclear(result); }

Result<std::unique_ptr<PostgresLink>> PostgresLink::open(const std::string& connection_text, int statement_timeout_ms) {
  std::unique_ptr<PostgresLink> link(new PostgresLink(PQconnectdb(connection_text.c_str())));
  if (PQstatus(link->handle_) != CONNECTION_OK) {
    std::string why = PQerrorMessage(link->handle_);
    while (!why.empty() && why.back() == '\n') why.pop_back();
    return fail(Errc::unavailable, "PostgreSQL: " + why);
  }
  if (PQserverVersion(link->handle_) < 130000) return fail(Errc::invalid, "PostgreSQL 13 or newer is needed");
  PQsetNoticeProcessor(
      link->handle_, [](void*, const char*) {}, nullptr);
  for (const std::string& set : {std::string("SET synchronous_commit = on"), std::string("SET bytea_output = 'hex'"),
                                 std::string("SET idle_in_transaction_session_timeout = '10s'"),
                                 "SET statement_timeout = " + std::to_string(statement_timeout_ms)})
    if (auto done = link->script(set); !done) return fail(std::move(done).error());
  return link;
}

PostgresLink::~PostgresLink() { PQfinish(handle_); }

tl::unexpected<Error> PostgresLink::failure(const Answer& answer, std::string_view where) {
  const char* field = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
  const std::string state = field == nullptr ? "" : field;
  const char* message =
      PQresultErrorField(answer.get(), PG_DIAG_MESSAGE_PRIMARY);  // without DETAIL, which quotes values
  const std::string text = message == nullptr ? "the connection broke" : message;
  Errc code = Errc::io;
  if (state == "23505") {
    code = Errc::conflict;
  } else if (state == "23503") {
    code = Errc::not_found;
  } else if (state == "40001" || state == "40P01") {
    conflict_ = true;
    code = Errc::unavailable;
  } else if (PQstatus(handle_) != CONNECTION_OK || state.empty() || state.starts_with("08") ||
             state.starts_with("57P") || state == "25006") {
    broken_ = true;
    code = Errc::unavailable;
  } else if (state.starts_with("53") || state == "57014" || state == "55P03") {
    code = Errc::unavailable;
  } else if (state.starts_with("22") || state.starts_with("23")) {
    code = Errc::invalid;
  }
  return fail(code, "PostgreSQL: " + std::string(where) + ": " + text + (state.empty() ? "" : " (" + state + ")"));
}

Status PostgresLink::prepare(const Query& query) {
  if (prepared_.contains(query.name)) return {};
  const std::string sql = postgres_placeholders(query.sql);
  const Answer answer(PQprepare(handle_, query.name.data(), sql.c_str(), 0, nullptr));
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return failure(answer, query.name);
  prepared_.insert(query.name);
  return {};
}

Result<Rows> PostgresLink::run(const Query& query, const Values& values) {
  if (auto ready = prepare(query); !ready) return fail(std::move(ready).error());
  const Parameters parameters(values);
  if (parameters.has_zero_byte()) return fail(Errc::invalid, std::string(query.name) + ": a text holds a zero byte");
  const Answer answer(PQexecPrepared(handle_, query.name.data(), parameters.count(), parameters.pointers(),
                                     parameters.lengths(), parameters.formats(), 0));
  const auto status = PQresultStatus(answer.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return failure(answer, query.name);
  Rows rows;
  const int columns = PQnfields(answer.get());
  const int count = PQntuples(answer.get());
  rows.reserve(static_cast<std::size_t>(count));
  for (int row = 0; row < count; ++row) {
    Values fields;
    fields.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) fields.push_back(read_field(answer.get(), row, column));
    rows.emplace_back(std::move(fields));
  }
  return rows;
}

Status PostgresLink::script(std::string_view statement) {
  const std::string text(statement);
  const Answer answer(PQexecParams(handle_, text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0));
  const auto status = PQresultStatus(answer.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return failure(answer, text.substr(0, 40));
  return {};
}

Result<bool> PostgresLink::has_table(const std::string& name) {
  static constexpr Query query{
      "postgres_has_table",
      "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = CAST(?1 AS text)"};
  auto rows = run(query, {name});
  if (!rows) return fail(std::move(rows).error());
  return rows->front().integer(0) > 0;
}

void PostgresLink::roll_back() {
  if (PQtransactionStatus(handle_) != PQTRANS_IDLE && !broken_) (void)script("ROLLBACK");
  if (PQtransactionStatus(handle_) != PQTRANS_IDLE) broken_ = true;
}

bool PostgresLink::take_conflict() { return std::exchange(conflict_, false); }

Status PostgresLink::copy_out(std::string_view table, const std::string& path) {
  const std::string sql = "COPY " + std::string(table) + " TO STDOUT";
  const Answer started(PQexec(handle_, sql.c_str()));
  if (PQresultStatus(started.get()) != PGRES_COPY_OUT) return failure(started, sql);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  std::FILE* file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "wb");
  bool written = file != nullptr;
  char* line = nullptr;
  for (int size = 0; (size = PQgetCopyData(handle_, &line, 0)) > 0; PQfreemem(line))
    written = written && std::fwrite(line, 1, static_cast<std::size_t>(size), file) == static_cast<std::size_t>(size);
  if (file != nullptr) written = std::fclose(file) == 0 && written;
  const Answer ended(PQgetResult(handle_));
  while (const Answer rest{PQgetResult(handle_)}) {}
  if (PQresultStatus(ended.get()) != PGRES_COMMAND_OK) return failure(ended, sql);
  if (!written) return fail(Errc::io, path + ": could not be written");
  return {};
}

Status PostgresLink::copy_in(std::string_view table, const std::string& path) {
  const std::string sql = "COPY " + std::string(table) + " FROM STDIN";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (!file) return fail(Errc::io, path + ": could not be read");
  const Answer started(PQexec(handle_, sql.c_str()));
  if (PQresultStatus(started.get()) != PGRES_COPY_IN) return failure(started, sql);
  std::array<char, 65536> buffer{};
  std::size_t size = 0;
  bool sent = true;
  while (sent && (size = std::fread(buffer.data(), 1, buffer.size(), file.get())) > 0)
    sent = PQputCopyData(handle_, buffer.data(), static_cast<int>(size)) == 1;
  sent = PQputCopyEnd(handle_, std::ferror(file.get()) != 0 ? "the file could not be read" : nullptr) == 1 && sent;
  const Answer ended(PQgetResult(handle_));
  while (const Answer rest{PQgetResult(handle_)}) {}
  if (!sent || PQresultStatus(ended.get()) != PGRES_COMMAND_OK) return failure(ended, sql);
  return {};
}

}  // namespace monitorix::store
