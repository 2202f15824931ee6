// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/clock.hpp"

namespace millrace::configurator {

/// The largest archive that is taken.
inline constexpr std::uint64_t archive_bytes_max = std::uint64_t{8} << 30;

/// What is being done with the image archives that people bring: one thing at a time. Pure; who has
/// it performs what its state says.
///
///   idle ─begin─► receiving ─finish─► checking ─import─► importing ─end─► idle
///   idle ─remove─► removing ─end─► idle          receiving ─end─► idle
class ImageWork {
public:
    enum class State { idle, receiving, checking, importing, removing };
    enum class Outcome { added, removed, refused, failed, cancelled };
    struct Last {
        Outcome outcome;
        std::string name;
        std::string problem;  ///< of refused and failed, in a sentence
        SystemTime time;
    };

    State state() const { return state_; }
    /// Of the archive; "" where nothing is done.
    std::string const& name() const { return name_; }
    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t received() const { return received_; }
    std::optional<Last> const& last() const { return last_; }
    /// Goes up with each thing begun: what was awaited may belong to an older one.
    std::uint64_t number() const { return number_; }

    /// Of an archive with this name ("tool-1.0.tar"). One that is being received, of which nothing
    /// has come for a minute, gives way. Errors: `conflict`; `invalid`: name or size; `too_large`:
    /// more than archive_bytes_max.
    Result<void> begin(std::string const& name, std::uint64_t bytes, SteadyTime now);
    /// The next bytes of it are on their way to the disk. Errors: `conflict` where nothing is
    /// received, or these are not the next ones; `too_large`.
    Result<void> accept(std::uint64_t offset, std::uint64_t size, SteadyTime now);
    /// All of it is there. Errors: `conflict` where it is not.
    Result<void> finish();
    /// Pre: checking.
    void import();
    /// Errors: `conflict` where something is being done.
    Result<void> remove(std::string const& name);
    /// Pre: not idle.
    void end(Outcome outcome, std::string problem, SystemTime now);

private:
    void start(State state, std::string name, std::uint64_t bytes);

    State state_ = State::idle;
    std::string name_;
    std::uint64_t bytes_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t number_ = 0;
    SteadyTime heard_;
    std::optional<Last> last_;
};

/// As the API has them: "receiving"; "refused".
std::string_view to_string(ImageWork::State state);
std::string_view to_string(ImageWork::Outcome outcome);

}  // namespace millrace::configurator
