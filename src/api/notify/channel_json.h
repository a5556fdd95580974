#pragma once
// Channels on the wire: read from bodies into what is there, shown without what only the receiver may know.

#include <string>

#include "api/desk.h"
#include "api/fields.h"
#include "model/notify/channel_fields.h"

namespace monitorix::api {

enum class ChannelBody { new_channel, change };
/// What is wrong is left in `body`. A secret that was not given stays; when what it is sent to changes it has to be
/// given again (security S38).
void read_channel(const Desk& desk, Fields& body, ChannelBody of, Channel& channel);
/// The original's form of a webhook: address, method and headers beside each other.
void read_webhook(const Desk& desk, Fields& body, ChannelBody of, Channel& channel);

void write_channel(JsonWriter& out, const ChannelRecord& record);
void write_webhook(JsonWriter& out, const ChannelRecord& record);

/// Titles and causes name objects: who may not see all of them sees that something was told, not what. The receiver's
/// own words are for editors (security S56).
void write_delivery(JsonWriter& out, const Delivery& delivery, const Caller& caller);

/// What the test of a channel told, with the receiver's own words: for editors.
Answer test_answer(const SendResult& result, std::chrono::milliseconds took);
Message test_message(const Channel& channel, WallTime now);

net::Task<Result<ChannelRecord>> channel_of(Desk& desk, const std::string& id);

}  // namespace monitorix::api
