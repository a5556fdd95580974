#pragma once
// Answers about connections that several routes give.

#include "api/answer.h"
#include "api/commands.h"
#include "state/snapshot.h"

namespace monitorix::api {

/// The cluster with its version as first half of the ETag.
Answer cluster_answer(const state::ClusterView& cluster, int status);
std::string doctor_json(const DoctorReport& report);
std::string certificate_json(const net::Certificate& certificate);
/// Errors of creating and changing: a cluster that we have already is told with its id.
Answer from_cluster_error(const Error& error);

}  // namespace monitorix::api
