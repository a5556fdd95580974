#pragma once
// A value that may be absent, for what is long and rare: copies share it, it is never changed, only replaced, and
// where it is absent it takes two words instead of its own size.

#include <memory>
#include <utility>

namespace monitorix {

template <class T>
class Boxed {
 public:
  Boxed() = default;
  explicit Boxed(T value) : value_(std::make_shared<const T>(std::move(value))) {}
  Boxed& operator=(T value) {
    value_ = std::make_shared<const T>(std::move(value));
    return *this;
  }
  void reset() { value_.reset(); }

  explicit operator bool() const { return value_ != nullptr; }
  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }

  /// By what they hold.
  friend bool operator==(const Boxed& a, const Boxed& b) {
    return a.value_ == b.value_ || (a.value_ && b.value_ && *a.value_ == *b.value_);
  }

 private:
  std::shared_ptr<const T> value_{};
};

}  // namespace monitorix
