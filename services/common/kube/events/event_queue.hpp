// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "common/base/clock.hpp"
#include "common/kube/resource.hpp"

namespace millrace {

/// What is told of an object, for people: as kubectl describe shows it.
struct ObjectNews {
    enum class Type { normal, warning };

    KindWords kind;
    ResourceName name;
    std::string uid;
    Type type = Type::normal;
    std::string reason;   ///< a word
    std::string message;  ///< cut at 1,024 bytes, Kubernetes' limit

    auto operator<=>(ObjectNews const&) const = default;
};

/// What is to be told next. The same news is one, with a count; of one object only what came last
/// waits. Bounded: what does not fit is dropped and counted, for it is told nowhere else. Pure.
class EventQueue {
public:
    static constexpr std::size_t waiting_max = 256;
    static constexpr std::size_t told_max = 1024;

    struct Counted {
        ObjectNews news;
        std::int64_t count = 1;  ///< how often it was news
        SystemTime first;        ///< when it was so first
    };

    void add(ObjectNews news, SystemTime now);
    /// The oldest that waits; nothing: none does.
    std::optional<Counted> take();
    std::uint64_t dropped() const { return dropped_; }

private:
    struct Told {
        std::int64_t count = 0;
        SystemTime first;
    };
    std::deque<ObjectNews> waiting_;
    std::map<ObjectNews, Told> counts_;  ///< of what waits or was told
    std::deque<ObjectNews> order_;       ///< of counts_; what was added last is last, so that
                                         ///< what waits is always among them
    std::uint64_t dropped_ = 0;
};

}  // namespace millrace
