#include <algorithm>

#include "store/object_doc.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

std::string place_of(ClusterId id) { return "clusters/" + id.text() + "/token_secret"; }

Error named(Error error) {
  if (error.code == Errc::conflict) error.text = "a connection with this name exists already";
  return error;
}

/// Seals for the row's own place, so that a ciphertext moved to another row does not open there (S35).
Status put_secret(Link& link, const Keyring& keyring, ClusterId id, const Secret& secret) {
  auto done = link.run(queries::cluster_secret, {id.value, Blob{keyring.seal(secret, place_of(id))}});
  if (!done) return fail(std::move(done).error());
  return {};
}

Status put_endpoints(Link& link, ClusterId id, const std::vector<Endpoint>& endpoints) {
  auto present = link.run(queries::endpoints_of, {id.value});
  if (!present) return fail(std::move(present).error());
  const auto is_ours = [&](EndpointId endpoint) {
    return std::any_of(present->begin(), present->end(),
                       [&](const Row& row) { return row.integer(0) == endpoint.value; });
  };
  if (auto cleared = link.run(queries::endpoints_delete, {id.value}); !cleared) return fail(std::move(cleared).error());
  for (const Endpoint& endpoint : endpoints) {
    Values values{id.value, endpoint.address, std::int64_t{endpoint.port}, std::int64_t{endpoint.priority},
                  fingerprints_text(endpoint.fingerprints)};
    const bool kept = endpoint.id.exists() && is_ours(endpoint.id);
    if (kept) values.emplace_back(endpoint.id.value);
    auto done = link.run(kept ? queries::endpoint_keep : queries::endpoint_insert, values);
    if (!done && done.error().code == Errc::conflict)
      return fail(Errc::conflict,
                  "the address " + endpoint.address + ":" + std::to_string(endpoint.port) + " is given twice");
    if (!done) return fail(std::move(done).error());
  }
  return {};
}

Result<ClusterConfig> read_cluster(const Row& row, const Keyring& keyring) {
  ClusterConfig cluster;
  cluster.id = ClusterId{row.integer(0)};
  cluster.name = row.text(1);
  cluster.identity = row.text(2);
  cluster.token_id = row.text(3);
  auto secret = keyring.open(row.text(4), place_of(cluster.id));
  if (!secret) return fail(std::move(secret).error().within("connection " + cluster.name + ": token secret"));
  cluster.token_secret = std::move(*secret);
  cluster.poll_interval = std::chrono::seconds{row.integer(5)};
  cluster.maintenance_mode = row.flag(6);
  cluster.paused = row.flag(7);
  cluster.tags = read_list(row.text(8));
  read_doc(row.text(9), cluster);
  cluster.version = row.integer(10);
  cluster.created_at = row.time(11);
  cluster.updated_at = row.time(12);
  cluster.kind = row.integer(13) == 1 ? ConnectionKind::pbs : ConnectionKind::pve;
  return cluster;
}

Endpoint read_endpoint(const Row& row) {
  Endpoint endpoint;
  endpoint.id = EndpointId{row.integer(0)};
  endpoint.address = row.text(2);
  endpoint.port = static_cast<int>(row.integer(3));
  endpoint.priority = static_cast<int>(row.integer(4));
  endpoint.fingerprints = read_fingerprints(row.text(5));
  return endpoint;
}

Result<Row> cluster_row(Link& link, ClusterId id) {
  auto rows = link.run(queries::cluster_one, {id.value});
  if (!rows) return fail(std::move(rows).error());
  if (rows->empty()) return fail(Errc::not_found, "there is no such connection");
  return std::move(rows->front());
}

}  // namespace

Result<ClusterConfig> SqlStore::with_endpoints(Link& link, ClusterConfig cluster) {
  auto rows = link.run(queries::endpoints_of, {cluster.id.value});
  if (!rows) return fail(std::move(rows).error());
  for (const Row& row : *rows) cluster.endpoints.push_back(read_endpoint(row));
  return cluster;
}

Result<ClusterId> insert_cluster(Link& link, const Keyring& keyring, const ClusterConfig& cluster) {
  auto rows =
      link.run(queries::cluster_insert,
               {cluster.name, cluster.identity, cluster.token_id, Blob{}, std::int64_t{cluster.poll_interval.count()},
                cluster.maintenance_mode, cluster.paused, list_text(cluster.tags), doc_of(cluster),
                ms(cluster.created_at), ms(cluster.updated_at), static_cast<std::int64_t>(cluster.kind)});
  if (!rows) return fail(named(std::move(rows).error()));
  const ClusterId id{rows->front().integer(0)};
  if (auto sealed = put_secret(link, keyring, id, cluster.token_secret); !sealed)
    return fail(std::move(sealed).error());
  if (auto done = put_endpoints(link, id, cluster.endpoints); !done) return fail(std::move(done).error());
  return id;
}

Result<ClusterConfig> SqlStore::create_cluster(const ClusterConfig& cluster) {
  return write_value<ClusterConfig>(*database_, [&](Link& link) -> Result<ClusterConfig> {
    const auto id = insert_cluster(link, keyring_, cluster);
    if (!id) return fail(id.error());
    auto row = cluster_row(link, *id);
    if (!row) return fail(std::move(row).error());
    auto made = read_cluster(*row, keyring_);
    if (!made) return made;
    return with_endpoints(link, std::move(*made));
  });
}

Result<std::vector<ClusterConfig>> SqlStore::clusters() { return connections(ConnectionKind::pve); }
Result<std::vector<ClusterConfig>> SqlStore::backup_servers() { return connections(ConnectionKind::pbs); }

Result<std::vector<ClusterConfig>> SqlStore::connections(ConnectionKind kind) {
  return read_value<std::vector<ClusterConfig>>(*database_, [&](Link& link) -> Result<std::vector<ClusterConfig>> {
    auto rows = link.run(queries::clusters_all, {static_cast<std::int64_t>(kind)});
    if (!rows) return fail(std::move(rows).error());
    std::vector<ClusterConfig> out;
    for (const Row& row : *rows) {
      auto cluster = read_cluster(row, keyring_);
      if (!cluster) return fail(std::move(cluster).error());
      auto whole = with_endpoints(link, std::move(*cluster));
      if (!whole) return fail(std::move(whole).error());
      out.push_back(std::move(*whole));
    }
    return out;
  });
}

Result<ClusterConfig> SqlStore::update_cluster(const ClusterConfig& cluster, std::int64_t expected_version) {
  return write_value<ClusterConfig>(*database_, [&](Link& link) -> Result<ClusterConfig> {
    auto version = link.run(queries::cluster_version, {cluster.id.value});
    if (!version) return fail(std::move(version).error());
    if (version->empty()) return fail(Errc::not_found, "there is no such connection");
    if (expected_version != 0 && version->front().integer(0) != expected_version)
      return fail(Errc::conflict, "the connection was changed meanwhile");
    auto done = link.run(queries::cluster_update,
                         {cluster.name, cluster.identity, cluster.token_id, std::int64_t{cluster.poll_interval.count()},
                          cluster.maintenance_mode, cluster.paused, list_text(cluster.tags), doc_of(cluster),
                          ms(cluster.updated_at), cluster.id.value});
    if (!done) return fail(named(std::move(done).error()));
    if (!cluster.token_secret.empty()) {
      if (auto sealed = put_secret(link, keyring_, cluster.id, cluster.token_secret); !sealed)
        return fail(std::move(sealed).error());
    }
    if (auto put = put_endpoints(link, cluster.id, cluster.endpoints); !put) return fail(std::move(put).error());
    auto row = cluster_row(link, cluster.id);
    if (!row) return fail(std::move(row).error());
    auto changed = read_cluster(*row, keyring_);
    if (!changed) return changed;
    return with_endpoints(link, std::move(*changed));
  });
}

Status SqlStore::delete_cluster(ClusterId id) {
  return database_->write([&](Link& link) -> Status {
    auto rows = link.run(queries::cluster_delete, {id.value});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return fail(Errc::not_found, "there is no such connection");
    return {};
  });
}

}  // namespace monitorix::store
