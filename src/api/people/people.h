#pragma once
// A user as JSON, and the rules of their fields; shared by account and user routes.

#include <string>

#include "api/fields.h"
#include "base/json_writer.h"
#include "model/user.h"

namespace monitorix::api {

std::string user_json(const User& user);
std::string me_json(const User& user);
/// "3": the object's version, the first half of its ETag.
std::string version_of(const User& user);

std::string read_username(Fields& body);
/// Reads and checks a new password; what it breaks is added to the body's errors. `code` tells 72 bytes apart.
std::string read_new_password(Fields& body, std::string_view field, const std::string& username, bool& too_long);
Answer password_too_long();
bool is_email(std::string_view text);

}  // namespace monitorix::api
