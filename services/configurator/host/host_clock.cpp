// SPDX-License-Identifier: Apache-2.0
// What depends on what the clock says, and on who has set it.
#include <charconv>
#include <ctime>

#include "configurator/host/good_time.hpp"
#include "configurator/host/kept_file.hpp"
#include "configurator/host/system_host.hpp"

namespace millrace::configurator {
namespace {

constexpr seconds cluster_limit = 60s;

seconds read_clock(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return seconds(now.tv_sec);
}

seconds clock_offset() {
    return read_clock(CLOCK_REALTIME) - read_clock(CLOCK_BOOTTIME);
}

/// The number in the file; nothing where it is none.
std::optional<seconds> read_offset(std::string_view text) {
    std::int64_t number = 0;
    char const* const end = text.data() + text.size();
    auto const [rest, fault] = std::from_chars(text.data(), end, number);
    bool const is_number = fault == std::errc() && std::string_view(rest, end) == "\n";
    return is_number ? std::optional(seconds(number)) : std::nullopt;
}

}  // namespace

Result<bool> SystemHost::has(KeepClockOffset const& wanted) const {
    auto const found = file_content(at(wanted.path));
    if (!found)
        return std::unexpected(found.error());
    auto const before = *found ? read_offset(**found) : std::nullopt;
    return before && !was_clock_set(*before, clock_offset());
}

Result<void> SystemHost::bring(KeepClockOffset const& wanted) const {
    return write_kept(at(wanted.path), std::to_string(clock_offset().count()) + "\n", 0644);
}

Result<bool> SystemHost::has(KeepSecretValid const& wanted) {
    if (auto const shown = run({.words = wanted.show, .limit = cluster_limit}); !shown)
        return std::unexpected(shown.error());
    if (printed_.find("-----BEGIN") == std::string::npos)
        return true;
    auto const facts = describe_certificates(printed_);
    return facts && is_valid_at(facts->front(), system_now());
}

Result<void> SystemHost::bring(KeepSecretValid const& wanted) {
    return run({.words = wanted.empty, .limit = cluster_limit});
}

}  // namespace millrace::configurator
