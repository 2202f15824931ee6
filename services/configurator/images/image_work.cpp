// SPDX-License-Identifier: Apache-2.0
#include "configurator/images/image_work.hpp"

#include <algorithm>

#include "common/base/assert.hpp"

namespace millrace::configurator {
namespace {

constexpr std::size_t name_length_max = 128;
constexpr seconds silence_max{60};

bool is_archive_name(std::string_view name) {
    auto const is_plain = [](unsigned char one) {
        return std::isalnum(one) != 0 || one == '.' || one == '_' || one == '-';
    };
    return name.size() > 4 && name.size() <= name_length_max && name.ends_with(".tar") &&
           name.front() != '.' && name.front() != '-' && std::ranges::all_of(name, is_plain);
}

Result<void> check_size(std::uint64_t bytes) {
    static_assert(archive_bytes_max == std::uint64_t{8} << 30, "as the sentence says");
    if (bytes == 0)
        return failure(ErrorCode::invalid, "The archive is empty.");
    if (bytes > archive_bytes_max)
        return failure(
            ErrorCode::too_large, "The archive is larger than 8 GiB, the most that is taken.");
    return {};
}

}  // namespace

Result<void> ImageWork::begin(std::string const& name, std::uint64_t bytes, SteadyTime now) {
    bool const has_gone_away = state_ == State::receiving && now - heard_ > silence_max;
    if (state_ != State::idle && !has_gone_away)
        return failure(ErrorCode::conflict, "Another archive is at work: " + name_ + ".");
    if (!is_archive_name(name))
        return failure(
            ErrorCode::invalid,
            "The archive's name must be of letters, digits, \".\", \"_\" and \"-\", at most 128, "
            "and end in .tar.");
    if (auto fits = check_size(bytes); !fits)
        return fits;
    start(State::receiving, name, bytes);
    heard_ = now;
    return {};
}

Result<void> ImageWork::accept(std::uint64_t offset, std::uint64_t size, SteadyTime now) {
    if (state_ != State::receiving)
        return failure(ErrorCode::conflict, "No archive is being received.");
    if (offset != received_)
        return failure(
            ErrorCode::conflict, "The next byte is " + std::to_string(received_) + ", not " +
                                     std::to_string(offset) + ".");
    if (size > bytes_ - received_)
        return failure(
            ErrorCode::too_large,
            "This is more than the " + std::to_string(bytes_) + " bytes that were announced.");
    received_ += size;
    heard_ = now;
    return {};
}

Result<void> ImageWork::finish() {
    if (state_ != State::receiving)
        return failure(ErrorCode::conflict, "No archive is being received.");
    if (received_ != bytes_)
        return failure(
            ErrorCode::conflict, std::to_string(bytes_ - received_) + " bytes have not come yet.");
    state_ = State::checking;
    return {};
}

void ImageWork::import() {
    MILLRACE_ASSERT(state_ == State::checking);
    state_ = State::importing;
}

Result<void> ImageWork::remove(std::string const& name) {
    if (state_ != State::idle)
        return failure(ErrorCode::conflict, "Another archive is at work: " + name_ + ".");
    start(State::removing, name, 0);
    return {};
}

void ImageWork::end(Outcome outcome, std::string problem, SystemTime now) {
    MILLRACE_ASSERT(state_ != State::idle);
    last_ = Last{outcome, std::move(name_), std::move(problem), now};
    start(State::idle, "", 0);
}

void ImageWork::start(State state, std::string name, std::uint64_t bytes) {
    state_ = state;
    name_ = std::move(name);
    bytes_ = bytes;
    received_ = 0;
    ++number_;
}

std::string_view to_string(ImageWork::State state) {
    switch (state) {
        case ImageWork::State::idle:
            return "idle";
        case ImageWork::State::receiving:
            return "receiving";
        case ImageWork::State::checking:
            return "checking";
        case ImageWork::State::importing:
            return "importing";
        case ImageWork::State::removing:
            return "removing";
    }
    MILLRACE_ASSERT(false);
}

std::string_view to_string(ImageWork::Outcome outcome) {
    switch (outcome) {
        case ImageWork::Outcome::added:
            return "added";
        case ImageWork::Outcome::removed:
            return "removed";
        case ImageWork::Outcome::refused:
            return "refused";
        case ImageWork::Outcome::failed:
            return "failed";
        case ImageWork::Outcome::cancelled:
            return "cancelled";
    }
    MILLRACE_ASSERT(false);
}

}  // namespace millrace::configurator
