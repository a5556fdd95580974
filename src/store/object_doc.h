#pragma once
// What has no column of its own, as JSON in `doc` columns: written with short stable names, read tolerantly
// (an absent or odd member is unknown), so that a later version may add members without a migration.

#include <string>
#include <vector>

#include "base/json.h"
#include "model/cluster.h"
#include "model/guest.h"
#include "model/node.h"
#include "model/storage.h"
#include "model/user.h"

namespace monitorix::store {

std::string doc_of(const Node& node);
void read_doc(const std::string& doc, Node& node);
std::string doc_of(const Guest& guest);
void read_doc(const std::string& doc, Guest& guest);
std::string doc_of(const Storage& storage);
void read_doc(const std::string& doc, Storage& storage);
std::string doc_of(const ClusterConfig& cluster);  ///< TLS mode and CA
void read_doc(const std::string& doc, ClusterConfig& cluster);

std::string list_text(const std::vector<std::string>& list);
std::vector<std::string> read_list(const std::string& text);
std::string fingerprints_text(const std::vector<Fingerprint>& fingerprints);
std::vector<Fingerprint> read_fingerprints(const std::string& text);
std::string scope_text(const User& user);
void read_scope(const std::string& text, User& user);

}  // namespace monitorix::store
