#pragma once
// Messages and channels as JSON in `doc` columns; read tolerantly: an absent or odd member keeps its default.

#include <string>

#include "model/notify/message.h"

namespace monitorix::store {

std::string doc_of(const Message& message);
Message read_message(const std::string& doc);

std::string doc_of(const Channel& channel);  ///< without its secrets
void read_doc(const std::string& doc, Channel& channel);
Secret secrets_of(const Channel& channel);
void read_secrets(const Secret& secrets, Channel& channel);

}  // namespace monitorix::store
