#pragma once
// The stand on which one suite runs on both engines: a real SQLite file, and a real PostgreSQL with a fresh database
// for each test. The server is the one of MONITORIX_TEST_POSTGRES (postgresql://...), else a private one started here.

#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "store/sql/postgres_database.h"
#include "store/sql/sqlite_database.h"
#include "store/store.h"

namespace monitorix::store {

class TempDirectory {
 public:
  TempDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "monitorix-store-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = path;
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_{};
};

/// A PostgreSQL 15 of our own on a Unix socket, as another user when we are root (initdb refuses root).
class PrivatePostgres {
 public:
  PrivatePostgres() {
    if (::geteuid() == 0) run("chown postgres " + directory_.path());
    run(as_server("initdb -D " + data() + " -U postgres -A trust -E UTF8 --locale=C --no-sync"));
    start();
  }
  ~PrivatePostgres() {
    try {
      stop("immediate");
    } catch (const std::exception&) {  // it was stopped by the test
    }
  }
  void start() {
    run(as_server("pg_ctl -D " + data() + " -l " + directory_.path() + "/log -w -t 30 -o \"-k " + directory_.path() +
                  " -c listen_addresses= -c fsync=off\" start"));
  }
  void stop(const std::string& mode) { run(as_server("pg_ctl -D " + data() + " -w -m " + mode + " stop")); }
  [[nodiscard]] std::string url(const std::string& database) const {
    return "postgresql://postgres@/" + database + "?host=" + percent_encode(directory_.path());
  }

 private:
  [[nodiscard]] std::string data() const { return directory_.path() + "/data"; }
  static std::string as_server(const std::string& command) {
    const std::string whole = "cd / && /usr/lib/postgresql/15/bin/" + command;
    return ::geteuid() == 0 ? "runuser -u postgres -- sh -c '" + whole + "'" : "sh -c '" + whole + "'";
  }
  static void run(const std::string& command) {
    if (const int code = std::system((command + " >/dev/null 2>&1").c_str()); code != 0)
      throw std::runtime_error("failed: " + command);
  }
  TempDirectory directory_{};
};

inline Keyring test_keyring(char fill = 'k') { return *Keyring::from_master(Secret(std::string(32, fill))); }

inline User some_user(const std::string& name, Role role = Role::admin) {
  User user;
  user.username = name;
  user.email = name + "@example.org";
  user.password_hash = "$2b$12$hash-of-" + name;
  user.role = role;
  user.created_at = user.updated_at = from_ms(1'700'000'000'123);
  return user;
}

inline ClusterConfig some_cluster(const std::string& name, const std::string& secret = "token-secret") {
  ClusterConfig cluster;
  cluster.name = name;
  cluster.token_id = "monitor@pve!monitorix";
  cluster.token_secret = Secret(secret);
  cluster.endpoints = {
      Endpoint{{}, "10.0.0.1", 8006, 0, {Fingerprint{sha256(name), from_ms(5), FingerprintSource::user}}},
      Endpoint{{}, "10.0.0.2", 8007, 1, {}}};
  cluster.tags = {"home", "røde hus"};
  cluster.created_at = cluster.updated_at = from_ms(1'700'000'000'000);
  return cluster;
}

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text);
  return std::move(*result);
}
inline void must(Status status) {
  if (!status) throw std::runtime_error(status.error().text);
}

struct SqliteStand {
  TempDirectory directory{};
  [[nodiscard]] OpenOptions options() const { return {directory.path() + "/data", "", false}; }
  [[nodiscard]] std::unique_ptr<Database> database() const {
    return must(SqliteDatabase::open(options().data_directory, false));
  }
  [[nodiscard]] std::unique_ptr<Store> open(char key = 'k') const {
    auto store = must(open_store(options(), test_keyring(key)));
    must(store->migrate());
    return store;
  }
};

struct PostgresStand {
  PostgresStand() {
    static int counter = 0;
    name = "monitorix_test_" + std::to_string(::getpid()) + "_" + std::to_string(++counter);
    must(maintenance()->script("CREATE DATABASE " + name));
  }
  PostgresStand(const PostgresStand&) = delete;
  PostgresStand& operator=(const PostgresStand&) = delete;
  ~PostgresStand() { (void)maintenance()->script("DROP DATABASE " + name + " WITH (FORCE)"); }

  static std::string url_of(const std::string& database) {
    if (const char* given = std::getenv("MONITORIX_TEST_POSTGRES")) {
      std::string url = given;  // postgresql://user:password@host:port/name?options
      const auto path = url.find('/', url.find("://") + 3);
      if (path == std::string::npos) return url + "/" + database;
      const auto query = url.find('?', path);
      return url.substr(0, path) + "/" + database + (query == std::string::npos ? "" : url.substr(query));
    }
    static const PrivatePostgres server;
    return server.url(database);
  }
  static std::unique_ptr<PostgresLink> maintenance() {
    return must(PostgresLink::open(must(postgres_connection_text(url_of("postgres"))), 0));
  }
  [[nodiscard]] OpenOptions options() const { return {directory.path() + "/data", url_of(name), false}; }
  [[nodiscard]] std::unique_ptr<Database> database() const { return must(PostgresDatabase::open(url_of(name))); }
  [[nodiscard]] std::unique_ptr<Store> open(char key = 'k') const {
    auto store = must(open_store(options(), test_keyring(key)));
    must(store->migrate());
    return store;
  }
  std::string name{};
  TempDirectory directory{};
};

#define ON_BOTH_ENGINES(name) TEST_CASE_TEMPLATE(name, Stand, SqliteStand, PostgresStand)

}  // namespace monitorix::store
