#include "app/setup_file.h"

#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include "base/log.h"

namespace monitorix::app {

SetupFile::SetupFile(const Config& config)
    : path_((std::filesystem::path(config.data_directory) / "setup-token").string()),
      scheme_(config.tls_cert_file.empty() ? "http" : "https"),
      host_(config.listen_address == "0.0.0.0" || config.listen_address == "::" ? "127.0.0.1" : config.listen_address) {
  if (host_.find(':') != std::string::npos) host_ = "[" + host_ + "]";
}

void SetupFile::announce(const std::string& token) {
  token_ = token;
  ::unlink(path_.c_str());
  if (token.empty()) return;
  const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0 || ::write(file, token.data(), token.size()) != static_cast<ssize_t>(token.size()))
    log::warn("the setup token cannot be written to its file", {{"file", path_}});
  if (file >= 0) ::close(file);
  print();
}

void SetupFile::listening_on(int port) {
  port_ = port;
  print();
}

void SetupFile::print() const {
  if (token_.empty() || port_ == 0) return;
  std::printf("No user exists yet. Make the first account here (valid for one hour):\n%s://%s:%d/setup?token=%s\n",
              scheme_.c_str(), host_.c_str(), port_, token_.c_str());
  std::fflush(stdout);
}

}  // namespace monitorix::app
