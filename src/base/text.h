#pragma once
// Foreign text made safe: valid UTF-8, no control or bidi characters where they could deceive (security S76, S78).

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monitorix {

/// Replaces invalid UTF-8 by U+FFFD and cuts at `max_bytes` on a character boundary. Keeps everything else.
std::string valid_utf8(std::string_view text, std::size_t max_bytes);

/// Escapes control characters, DEL, C1, ANSI and bidi overrides as \n, \u202e ...; for logs and terminals.
std::string escape_controls(std::string_view text);

/// For an answer in which what is not known is null.
std::optional<std::string> none_if_empty(const std::string& text);

std::string lower_ascii(std::string_view text);
/// The numbers in it, in order, to compare versions by: 6.14.11-3-pve is 6, 14, 11, 3.
std::vector<int> numbers_in(std::string_view text);
std::string_view trim(std::string_view text);
std::string percent_encode(std::string_view segment);  ///< one path segment; only unreserved characters stay
bool percent_decode(std::string_view text, std::string& out, bool plus_is_space);  ///< false on a broken escape

std::string to_hex(std::string_view bytes);
/// Standard alphabet with padding / URL alphabet without.
std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);
/// Strict: canonical, no padding, no surplus; false otherwise.
bool base64url_decode(std::string_view text, std::string& out);

}  // namespace monitorix
