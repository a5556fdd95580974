#pragma once
// Which route a request means, and who may use it. Deny by default: a route without a declared access is refused, and
// authorization looks at the matched route only (S20). Paths are taken literally; any other spelling is 404.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/answer.h"
#include "api/auth/session.h"
#include "api/query.h"

namespace monitorix::api {

enum class Access { undeclared, open, exporter, hooks, viewer, operator_, editor, admin };

/// One request on its way through a route; lives until the answer is made.
struct Call {
  net::Request request{};
  Caller caller{};
  Query query{};
  std::vector<std::string> ids{};  ///< the {placeholders} of the path, in order: whole positive numbers,
                                   ///< but for {slug} and {token}
  std::string address{}, request_id{};
  bool is_secure{false}, may_use_cookies{false};
};

using RouteHandler = std::function<net::Task<Answer>(Call&)>;

struct Route {
  std::string method{}, pattern{};
  Access access{Access::undeclared};
  RouteHandler run{};
  bool for_people{false};  ///< refused to API keys: what belongs to a person who signed in
};

struct Match {
  const Route* route{};
  std::vector<std::string> ids{};
  std::string allow{};  ///< for 405: the methods that the path knows; "" = no such path
};

class Router {
 public:
  /// Errc::invalid for a route without access, with a bad pattern, or one that exists. {slug} and {token} take letters,
  /// digits and dashes, all other placeholders numbers.
  Status add(Route route);
  [[nodiscard]] Match find(std::string_view method, std::string_view path) const;
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_{};
};

bool may_use(Access access, const Caller& caller);
std::string_view name_of(Access access);

}  // namespace monitorix::api
