#include "base/crypto.h"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

using namespace monitorix;

namespace {
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "monitorix-key-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path); }
};
}  // namespace

TEST_CASE("digests give the published values") {
  const Digest digest = sha256("abc");
  CHECK(fingerprint_text(digest).substr(0, 11) == "BA:78:16:BF");
  CHECK(parse_fingerprint(fingerprint_text(digest)) == digest);
  CHECK(parse_fingerprint("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == digest);
  CHECK_FALSE(parse_fingerprint("BA:78"));
  CHECK_FALSE(parse_fingerprint(std::string(64, 'g')));
  CHECK(crc32c("123456789") == 0xE3069283u);
  CHECK(to_hex(hmac_sha256("key", "The quick brown fox jumps over the lazy dog")) ==
        "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
}

TEST_CASE("a sealed secret opens only with its key and at its place") {
  const auto keys = Keyring::from_master(Secret(std::string(32, 'k')));
  const auto others = Keyring::from_master(Secret(std::string(32, 'o')));
  REQUIRE(keys);
  REQUIRE(others);
  const std::string sealed = keys->seal(Secret("s3cret"), "clusters/1/token_secret");
  CHECK(sealed.find("s3cret") == std::string::npos);
  CHECK(keys->seal(Secret("s3cret"), "clusters/1/token_secret") != sealed);
  CHECK(keys->open(sealed, "clusters/1/token_secret")->reveal() == "s3cret");
  CHECK_FALSE(keys->open(sealed, "clusters/2/token_secret"));
  CHECK_FALSE(others->open(sealed, "clusters/1/token_secret"));
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string bent = sealed;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    CHECK_FALSE(keys->open(bent, "clusters/1/token_secret"));
  }
  CHECK_FALSE(keys->open("", "x"));
  CHECK(keys->check_value() != others->check_value());
  CHECK(keys->subkey("jwt").reveal() != keys->subkey("database").reveal());
  CHECK_FALSE(Keyring::from_master(Secret("short")));
}

TEST_CASE("the master key is made once, and a doubtful file is refused") {
  const Folder folder;
  const std::string path = folder.path / "master.key";
  CHECK(load_master_key(path, false).error().text.find("missing") != std::string::npos);
  const auto made = load_master_key(path, true);
  REQUIRE(made);
  CHECK(load_master_key(path, false)->reveal() == made->reveal());
  CHECK(load_master_key(path, true)->reveal() == made->reveal());
  ::chmod(path.c_str(), 0640);
  CHECK(load_master_key(path, true).error().text.find("chmod 600") != std::string::npos);
  ::chmod(path.c_str(), 0600);
  std::filesystem::create_symlink(path, folder.path / "link");
  CHECK_FALSE(load_master_key(folder.path / "link", true));
  { std::ofstream(path, std::ios::app) << 'x'; }
  CHECK_FALSE(load_master_key(path, true));
}
