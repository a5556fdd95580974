#include "net/outbound/child.h"

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace monitorix::net {
namespace asio = boost::asio;

namespace {

constexpr uid_t kNobody = 65534;
constexpr rlim_t kMostMemory = rlim_t{2} << 30, kMostFile = rlim_t{16} << 20, kMostFiles = 256;

/// A descriptor that closes itself.
class Owned {
 public:
  explicit Owned(int descriptor = -1) : descriptor_(descriptor) {}
  ~Owned() { reset(); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  void reset(int other = -1) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = other;
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

struct Start {
  const char* path{};
  char* const* arguments{};
  char* const* environment{};
  int input{}, output{}, null{};
  rlim_t seconds{};
  bool is_root{false};
};

void limit_to(int what, rlim_t most) {
  const rlimit limits{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(what), &limits);
}

/// In the child, which still shares our memory: system calls only. setuid and its kin go past the C library, which
/// would change our threads as well.
[[noreturn]] void become(const Start& start, volatile int& error) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (start.is_root) {
    ::syscall(SYS_setgroups, 0, nullptr);
    if (::syscall(SYS_setresgid, kNobody, kNobody, kNobody) != 0 ||
        ::syscall(SYS_setresuid, kNobody, kNobody, kNobody) != 0) {
      error = errno;
      ::_exit(127);
    }
  }
  limit_to(RLIMIT_CORE, 0);
  limit_to(RLIMIT_CPU, start.seconds);
  limit_to(RLIMIT_AS, kMostMemory);
  limit_to(RLIMIT_FSIZE, kMostFile);
  limit_to(RLIMIT_NOFILE, kMostFiles);
  ::dup2(start.input, 0);
  ::dup2(start.output, 1);
  ::dup2(start.null, 2);
  ::syscall(SYS_close_range, 3u, ~0u, 0u);
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    ::sigaction(number, &usual, nullptr);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir("/") == 0) ::execve(start.path, start.arguments, start.environment);
  error = errno;
  ::_exit(127);
}

/// vfork, because the page tables of a large program are not copied for a small one. All signals wait meanwhile.
[[gnu::noinline]] pid_t launch(const Start& start, int& failure) {
  static volatile int error;  // the loop has one thread, and it stands still until the child has begun
  error = 0;
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t child = ::vfork();
  if (child == 0) become(start, error);
  const int saved = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  failure = child < 0 ? saved : error;
  return child;
}

/// Kills the group and reaps its leader, whichever way the run is left.
class Group {
 public:
  explicit Group(pid_t leader) : leader_(leader) {}
  ~Group() {
    if (leader_ <= 0) return;
    ::kill(-leader_, SIGKILL);
    ::waitpid(leader_, nullptr, WNOHANG);
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  /// Once the leader has ended; what it left behind ends too.
  bool reap(ChildEnd& end) {
    ::kill(-leader_, SIGKILL);
    int status = 0;
    if (::waitpid(leader_, &status, WNOHANG) != leader_) return false;
    leader_ = -1;
    if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    return true;
  }

 private:
  pid_t leader_;
};

/// Takes what is there; false at the end of the output.
bool drain(int output, std::size_t most, std::string& into) {
  std::array<char, 4096> room;
  for (;;) {
    const auto got = ::read(output, room.data(), room.size());
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    into.append(room.data(), std::min(static_cast<std::size_t>(got), most - into.size()));
  }
}

/// Holds `text`, to be read from its beginning; -1 when there is no room for it.
int memory_of(const std::string& text) {
  const int memory = ::memfd_create("input", MFD_CLOEXEC);
  const auto size = static_cast<ssize_t>(text.size());
  if (memory >= 0 && (::write(memory, text.data(), text.size()) != size || ::lseek(memory, 0, SEEK_SET) != 0)) {
    ::close(memory);
    return -1;
  }
  return memory;
}

bool add_to(int poll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  return ::epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

bool is_over(int process) {
  siginfo_t info{};
  return ::waitid(P_PIDFD, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

ChildEnd cannot(int error, const std::string& path) {
  ChildEnd end{};
  end.fault = error == EMFILE || error == ENFILE || error == ENOMEM
                  ? fault_of_errno(error, Phase::connect, Heard::at_once, path)
                  : Fault{Trouble::local, Phase::connect,
                          path + " cannot be started: " + std::generic_category().message(error)};
  return end;
}

}  // namespace

Task<ChildEnd> run_child(Loop& loop, ChildTerms terms, std::shared_ptr<Limit> limit) {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) co_return cannot(errno, terms.path);
  const Owned output(ends[0]);
  Owned other_end(ends[1]);
  const Owned null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (null.get() < 0) co_return cannot(errno, terms.path);
  const Owned input(terms.input.empty() ? -1 : memory_of(terms.input));
  if (input.get() < 0 && !terms.input.empty()) co_return cannot(errno, terms.path);
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);

  std::vector<char*> arguments{terms.path.data()};
  for (std::string& argument : terms.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  std::string path = "PATH=/usr/bin:/bin:/usr/sbin:/sbin", language = "LC_ALL=C";
  std::vector<char*> environment{path.data(), language.data()};
  for (std::string& variable : terms.environment) environment.push_back(variable.data());
  environment.push_back(nullptr);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(limit->left()).count() + 1;
  const Start start{
      terms.path.c_str(), arguments.data(), environment.data(),           input.get() < 0 ? null.get() : input.get(),
      other_end.get(),    null.get(),       static_cast<rlim_t>(seconds), ::geteuid() == 0};
  int failure = 0;
  const pid_t leader = launch(start, failure);
  if (leader < 0) co_return cannot(failure, terms.path);
  Group group(leader);
  other_end.reset();
  ChildEnd end{};
  if (failure != 0) co_return cannot(failure, terms.path);

  const Owned process(static_cast<int>(::syscall(SYS_pidfd_open, leader, 0)));
  Owned poll(::epoll_create1(EPOLL_CLOEXEC));
  if (process.get() < 0 || poll.get() < 0 || !add_to(poll.get(), process.get()) || !add_to(poll.get(), output.get()))
    co_return cannot(errno, terms.path);
  asio::posix::stream_descriptor events(loop.context(), ::dup(poll.get()));
  bool is_open = true;
  while (!is_over(process.get())) {
    if (is_open && !drain(output.get(), terms.most_output, end.output)) {
      is_open = false;
      ::epoll_ctl(poll.get(), EPOLL_CTL_DEL, output.get(), nullptr);
    }
    if (is_over(process.get())) break;
    const bool in_time = co_await until_ready(events, false, *limit);
    if (in_time) continue;
    end.out_of_time = true;
    ::kill(-leader, SIGKILL);
    break;
  }
  // A killed process is gone within moments; one that hangs in the kernel is not waited for.
  const auto moment = Limit::until(loop, std::chrono::steady_clock::now() + std::chrono::seconds{1});
  while (end.out_of_time && !is_over(process.get()) && !moment->is_over()) co_await until_ready(events, false, *moment);
  drain(output.get(), terms.most_output, end.output);
  group.reap(end);
  co_return end;
}

}  // namespace monitorix::net
