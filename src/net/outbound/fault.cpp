#include "net/outbound/fault.h"

#include <cerrno>
#include <system_error>

namespace monitorix::net {

Fault fault_of_errno(int error, Phase phase, Heard heard, const std::string& whom) {
  const std::string said = std::generic_category().message(error);
  switch (error) {
    case EMFILE:
    case ENFILE:
      return {Trouble::local, phase, "no file descriptor is free here: raise LimitNOFILE of Monitorix (" + said + ")"};
    case ENOMEM:
    case ENOBUFS: return {Trouble::local, phase, "this machine has no memory for a socket (" + said + ")"};
    case ECONNREFUSED: return {Trouble::refused, phase, whom + " refuses the connection"};
    case ETIMEDOUT: return {Trouble::timed_out, phase, whom + " does not answer", error};
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED: return {Trouble::reset, phase, whom + " broke the connection"};
    case ENETUNREACH:
    case ENETDOWN:
      if (heard == Heard::later)
        return {Trouble::net_unreachable, phase, "a router says that the network of " + whom + " cannot be reached"};
      return {Trouble::local, phase, "this machine has no route to " + whom + ": look at its addresses and routes"};
    case EHOSTUNREACH:
    case EHOSTDOWN:
      if (heard == Heard::later)
        return {Trouble::host_unreachable, phase, whom + " cannot be reached: nobody answers for this address"};
      return {Trouble::local, phase, "this machine has no route to " + whom + ": look at its addresses and routes"};
    case EACCES:
    case EPERM:
      return {Trouble::local, phase,
              "this machine forbids the call to " + whom + ": look at its firewall (" + said + ")"};
    case EADDRNOTAVAIL:
      return {Trouble::local, phase,
              "this machine has no free port or not the source address that is asked for (" + said + ")"};
    default: break;
  }
  if (heard == Heard::at_once) return {Trouble::local, phase, "the call to " + whom + " cannot be made: " + said};
  return {Trouble::reset, phase, "the connection to " + whom + " broke: " + said};
}

}  // namespace monitorix::net
