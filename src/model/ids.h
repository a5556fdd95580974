#pragma once
// The ids of our nouns. Given by us (not by Proxmox); they survive migration, rename and failover.

#include "base/id.h"

namespace monitorix {

struct Cluster;
struct Endpoint;
struct Node;
struct Guest;
struct Storage;
struct Service;
struct User;
struct Session;
struct ApiKey;

using ClusterId = Id<Cluster>;
using EndpointId = Id<Endpoint>;
using NodeId = Id<Node>;
using GuestId = Id<Guest>;
using StorageId = Id<Storage>;
using ServiceId = Id<Service>;
using UserId = Id<User>;
using SessionId = Id<Session>;
using ApiKeyId = Id<ApiKey>;

}  // namespace monitorix
