#pragma once
// A service's choices as JSON: what may be read by anybody who reads the database in `doc`, what may hold credentials
// (headers, bodies, passwords, keys, what is said to a port, arguments of programs) in a text of its own that is
// sealed. Read tolerantly: an absent or odd member keeps its default.

#include <string>

#include "model/service/kept_check.h"

namespace monitorix::store {

std::string doc_of(const Service& service);
void read_doc(const std::string& doc, Service& service);
Secret secrets_of(const Service& service);
void read_secrets(const Secret& secrets, Service& service);

/// The numbers of the types in the database, which imports of old databases wrote before there were composites.
std::int64_t type_number(ServiceType type);
ServiceType type_of_number(std::int64_t number);

/// A result but for its evidence; and back.
std::string doc_of(const CheckResult& result);
void read_doc(const std::string& doc, CheckResult& result);
std::string evidence_text(const Evidence& evidence);
Evidence read_evidence(const std::string& text);

std::string doc_of(const StatusPage& page);
void read_doc(const std::string& doc, StatusPage& page);

}  // namespace monitorix::store
