#pragma once
// An OpenSSL certificate as our own Certificate. Included by net/'s .cpp files only.

#include <openssl/x509.h>
#include <string>

#include "net/tls.h"

namespace monitorix::net {

Certificate read_certificate(X509* leaf);
/// Is the leaf meant for `host` (a name or an address)?
bool is_for_host(X509* leaf, const std::string& host);

}  // namespace monitorix::net
