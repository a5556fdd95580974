#pragma once
// What can be done with one channel. Webhooks are channels with a face of their own: other names on the wire for the
// same rows and the same deeds.

#include <string_view>

#include "api/notify/channel_json.h"

namespace monitorix::api {

struct ChannelFace {
  std::string_view path{}, noun{};
  net::Task<Result<ChannelRecord>> (*find)(Desk& desk, const std::string& id){};
  void (*read)(const Desk& desk, Fields& body, ChannelBody of, Channel& channel){};
  void (*write)(JsonWriter& out, const ChannelRecord& record){};
};

net::Task<Answer> get_channel(Desk& desk, Call& call, const ChannelFace& face);
net::Task<Answer> create_channel(Desk& desk, Call& call, const ChannelFace& face);
net::Task<Answer> update_channel(Desk& desk, Call& call, const ChannelFace& face);
net::Task<Answer> remove_channel(Desk& desk, Call& call, const ChannelFace& face);
net::Task<Answer> test_channel(Desk& desk, Call& call, const ChannelFace& face);

/// All but the list.
template <const ChannelFace& kFace>
void add_face_routes(Router& router, Desk& desk) {
  const std::string all(kFace.path), one = all + "/{id}";
  const auto update = +[](Desk& d, Call& call) { return update_channel(d, call, kFace); };
  must_add(router, "POST", all, Access::editor,
           with(
               desk, +[](Desk& d, Call& call) { return create_channel(d, call, kFace); }));
  must_add(router, "GET", one, Access::viewer,
           with(
               desk, +[](Desk& d, Call& call) { return get_channel(d, call, kFace); }));
  must_add(router, "PUT", one, Access::editor, with(desk, update));
  must_add(router, "PATCH", one, Access::editor, with(desk, update));
  must_add(router, "DELETE", one, Access::editor,
           with(
               desk, +[](Desk& d, Call& call) { return remove_channel(d, call, kFace); }));
  must_add(router, "POST", one + "/test", Access::editor,
           with(
               desk, +[](Desk& d, Call& call) { return test_channel(d, call, kFace); }));
}

}  // namespace monitorix::api
