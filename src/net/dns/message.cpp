#include "net/dns/message.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/text.h"

// message  = id flags qdcount ancount nscount arcount question* record*          (counts and ids: 16 bits, big-endian)
// question = name type kind
// record   = name type kind ttl:32 rdlength rdata
// name     = (length:1..63 byte*)* 0, or a pointer (two high bits set, 14 bits of offset) in place of its rest
namespace monitorix::net {
namespace {

constexpr std::size_t kMostRecords = 2000, kMostName = 255;
constexpr std::uint16_t kEdnsSize = 1232;  // fits any path without fragments
constexpr std::uint16_t kA = 1, kNs = 2, kCname = 5, kSoa = 6, kPtr = 12, kMx = 15, kTxt = 16, kAaaa = 28, kSrv = 33,
                        kOpt = 41, kCaa = 257;
constexpr std::array<std::pair<std::string_view, std::uint16_t>, 10> kTypes{{{"A", kA},
                                                                             {"AAAA", kAaaa},
                                                                             {"CNAME", kCname},
                                                                             {"MX", kMx},
                                                                             {"NS", kNs},
                                                                             {"PTR", kPtr},
                                                                             {"SOA", kSoa},
                                                                             {"SRV", kSrv},
                                                                             {"TXT", kTxt},
                                                                             {"CAA", kCaa}}};
constexpr std::array<const char*, 11> kRcodes{"NOERROR",  "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
                                              "YXDOMAIN", "YXRRSET", "NXRRSET",  "NOTAUTH",  "NOTZONE"};

void put16(std::string& out, unsigned number) {
  out += static_cast<char>(number >> 8 & 0xff);
  out += static_cast<char>(number & 0xff);
}

bool put_name(std::string& out, std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > 253) return false;
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    if (label.empty() || label.size() > 63) return false;
    out += static_cast<char>(label.size());
    out += label;
    if (label.size() == name.size()) break;
    name.remove_prefix(label.size() + 1);
    if (name.empty()) return false;
  }
  out += '\0';
  return true;
}

/// Reads forward; once it failed it stays failed and gives zeros.
class Reader {
 public:
  explicit Reader(std::string_view bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::size_t at() const { return at_; }

  std::uint32_t number(std::size_t size) {
    std::uint32_t out = 0;
    for (const char byte : take(size)) out = out << 8 | static_cast<unsigned char>(byte);
    return out;
  }
  std::uint16_t number16() { return static_cast<std::uint16_t>(number(2)); }

  std::string_view take(std::size_t size) {
    if (failed_ || size > bytes_.size() - at_) {
      failed_ = true;
      return {};
    }
    const std::string_view out = bytes_.substr(at_, size);
    at_ += size;
    return out;
  }

  /// Pointers may only lead backwards, so that a name ends.
  std::string name() {
    std::string out;
    std::size_t at = at_, lowest = at_, length = 0;
    bool jumped = false;
    for (;;) {
      if (at >= bytes_.size()) return give_up();
      const auto size = static_cast<unsigned char>(bytes_[at]);
      if ((size & 0xc0) == 0xc0) {
        if (at + 1 >= bytes_.size()) return give_up();
        const std::size_t to = static_cast<std::size_t>(size & 0x3f) << 8 | static_cast<unsigned char>(bytes_[at + 1]);
        if (!jumped) at_ = at + 2;
        jumped = true;
        if (to >= lowest) return give_up();
        at = lowest = to;
        continue;
      }
      if ((size & 0xc0) != 0) return give_up();
      length += size + 1u;
      if (length > kMostName || at + 1 + size > bytes_.size()) return give_up();
      if (size == 0) break;
      if (!out.empty()) out += '.';
      append_label(out, bytes_.substr(at + 1, size));
      at += 1u + size;
    }
    if (!jumped) at_ = at + 1;
    return out;
  }

 private:
  std::string give_up() {
    failed_ = true;
    return {};
  }
  static void append_label(std::string& out, std::string_view label) {
    for (const char letter : label) {
      const auto byte = static_cast<unsigned char>(letter);
      if (letter == '.' || letter == '\\') {
        (out += '\\') += letter;
      } else if (byte > 0x20 && byte < 0x7f) {
        out += letter;
      } else {
        out += '\\';
        for (const int digit : {byte / 100, byte / 10 % 10, byte % 10}) out += static_cast<char>('0' + digit);
      }
    }
  }

  std::string_view bytes_;
  std::size_t at_;
  bool failed_{false};
};

std::string printable(std::string_view bytes) { return escape_controls(valid_utf8(bytes, 4096)); }

std::string joined(std::initializer_list<std::uint32_t> numbers) {
  std::string out;
  for (const std::uint32_t number : numbers) out += (out.empty() ? "" : " ") + std::to_string(number);
  return out;
}

void read_soa(Reader& reader, DnsRecord& record) {
  record.text = reader.name();
  record.text += ' ' + reader.name();
  record.serial = reader.number(4);
  const std::uint32_t refresh = reader.number(4), retry = reader.number(4), expire = reader.number(4);
  record.text += ' ' + joined({*record.serial, refresh, retry, expire, reader.number(4)});
}

/// Names in it may point anywhere before, therefore the whole message is at hand.
void read_data(std::string_view message, std::size_t from, std::size_t size, DnsRecord& record, bool& broken) {
  Reader reader(message.substr(0, from + size), from);
  switch (record.type) {
    case kA:
      record.address = SocketAddress::v4(reader.number(4), 0);
      record.text = record.address->host();
      break;
    case kAaaa: {
      in6_addr address{};
      if (const std::string_view bytes = reader.take(16); !reader.failed()) std::memcpy(&address, bytes.data(), 16);
      record.address = SocketAddress::v6(address, 0);
      record.text = record.address->host();
      break;
    }
    case kNs:
    case kCname:
    case kPtr: record.text = record.target = reader.name(); break;
    case kMx: {
      const std::uint32_t preference = reader.number(2);
      record.text = std::to_string(preference) + ' ' + reader.name();
      break;
    }
    case kSrv: {
      const std::uint32_t priority = reader.number(2), weight = reader.number(2), port = reader.number(2);
      record.text = joined({priority, weight, port}) + ' ' + reader.name();
      break;
    }
    case kSoa: read_soa(reader, record); break;
    case kTxt: {
      std::string all;
      while (!reader.failed() && reader.at() < from + size) all += reader.take(reader.number(1));
      record.text = printable(all);
      break;
    }
    case kCaa: {
      const std::uint32_t flags = reader.number(1);
      const std::string_view tag = reader.take(reader.number(1));
      const std::string_view value = reader.failed() ? std::string_view() : reader.take(from + size - reader.at());
      record.text = std::to_string(flags) + ' ' + printable(tag) + " \"" + printable(value) + '"';
      break;
    }
    default: record.text = to_hex(reader.take(size)); return;
  }
  broken = broken || reader.failed() || reader.at() != from + size;
}

bool read_records(std::string_view bytes, Reader& reader, std::size_t count, std::vector<DnsRecord>* into,
                  DnsMessage& message) {
  for (std::size_t at = 0; at < count && !reader.failed(); ++at) {
    DnsRecord record{};
    record.name = reader.name();
    record.type = reader.number16();
    record.kind = reader.number16();
    record.ttl = reader.number(4);
    const std::size_t size = reader.number(2), from = reader.at();
    reader.take(size);
    if (reader.failed()) return false;
    if (record.type == kOpt) {  // its ttl holds the upper bits of the rcode
      message.rcode |= static_cast<int>(record.ttl >> 24) << 4;
      continue;
    }
    if (!into) continue;
    bool broken = false;
    read_data(bytes, from, size, record, broken);
    if (broken) return false;
    into->push_back(std::move(record));
  }
  return !reader.failed();
}

}  // namespace

Result<std::string> encode_question(std::uint16_t id, const DnsQuestion& question) {
  std::string out;
  put16(out, id);
  put16(out, (question.recursive ? 0x0100u : 0u) | (question.authentic ? 0x0020u : 0u));
  for (const unsigned count : {1u, 0u, 0u, 1u}) put16(out, count);
  if (!put_name(out, question.name)) return fail(Errc::invalid, "not a name that can be looked up");
  put16(out, question.type);
  put16(out, 1);
  out += '\0';  // EDNS: the root, OPT, our size, no flags but DO when validation is asked for, no options
  put16(out, kOpt);
  put16(out, kEdnsSize);
  put16(out, 0);
  put16(out, question.authentic ? 0x8000u : 0u);
  put16(out, 0);
  return out;
}

Result<DnsMessage> parse_dns_message(std::string_view bytes) {
  Reader reader(bytes);
  DnsMessage out{};
  out.id = reader.number16();
  const std::uint32_t flags = reader.number(2);
  out.is_answer = (flags & 0x8000) != 0;
  out.truncated = (flags & 0x0200) != 0;
  out.authentic = (flags & 0x0020) != 0;
  out.rcode = static_cast<int>(flags & 0x0f);
  std::array<std::size_t, 4> counts{};
  for (std::size_t& count : counts) count = reader.number(2);
  if (reader.failed() || counts[0] > 16 || counts[1] + counts[2] + counts[3] > kMostRecords)
    return fail(Errc::protocol, "not a DNS message");
  for (std::size_t at = 0; at < counts[0]; ++at) {
    DnsQuestion question{};
    question.name = reader.name();
    question.type = reader.number16();
    reader.number(2);
    out.questions.push_back(std::move(question));
  }
  const bool good = read_records(bytes, reader, counts[1], &out.answers, out) &&
                    read_records(bytes, reader, counts[2], &out.authorities, out) &&
                    read_records(bytes, reader, counts[3], nullptr, out);
  // A server that cut its answer may have cut it anywhere; over TCP it comes whole.
  if (!good && !out.truncated) return fail(Errc::protocol, "a broken DNS message");
  return out;
}

bool answers_question(const DnsMessage& message, std::uint16_t id, const DnsQuestion& question) {
  return message.is_answer && message.id == id && message.questions.size() == 1 &&
         message.questions[0].type == question.type && same_dns_name(message.questions[0].name, question.name);
}

std::optional<std::uint16_t> dns_type(std::string_view name) {
  const auto found = std::ranges::find(kTypes, name, [](const auto& type) { return type.first; });
  return found == kTypes.end() ? std::nullopt : std::optional(found->second);
}

std::string dns_rcode(int number) {
  if (number >= 0 && static_cast<std::size_t>(number) < kRcodes.size())
    return kRcodes[static_cast<std::size_t>(number)];
  return "RCODE" + std::to_string(number);
}

std::string reverse_name(const SocketAddress& address) {
  std::string out;
  if (address.is_v4()) {
    const std::uint32_t bits = ntohl(address.as_v4().sin_addr.s_addr);
    for (int shift = 0; shift < 32; shift += 8) out += std::to_string(bits >> shift & 0xff) + '.';
    return out + "in-addr.arpa";
  }
  const auto& bytes = address.as_v6().sin6_addr.s6_addr;
  for (int at = 15; at >= 0; --at)
    for (const int nibble : {bytes[at] & 15, bytes[at] >> 4}) (out += "0123456789abcdef"[nibble]) += '.';
  return out + "ip6.arpa";
}

bool same_dns_name(std::string_view one, std::string_view other) {
  if (one.ends_with('.')) one.remove_suffix(1);
  if (other.ends_with('.')) other.remove_suffix(1);
  return lower_ascii(one) == lower_ascii(other);
}

}  // namespace monitorix::net
