// SPDX-License-Identifier: Apache-2.0
#include "broker/log/log_state.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "broker/disk/checksum.hpp"

namespace millrace::broker {
namespace {

constexpr std::int64_t magic = 0x31474f4c52494d;  // "MIRLOG1", least byte first
/// Magic, oldest, newest, age, checksum: in one sector, so that a write is whole or not there.
using Numbers = std::array<std::int64_t, 5>;

std::int64_t checksum_of(Numbers const& numbers) {
    Checksum sum;
    for (std::size_t i = 0; i + 1 < numbers.size(); ++i)
        sum.add(numbers[i]);
    return sum.value();
}

}  // namespace

LogStateFile::LogStateFile(std::filesystem::path file)
    : path_(std::move(file)),
      file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (!file_.is_open())
        throw StartupError(storage_error("Cannot open " + path_.string()).detail);
}

Result<std::optional<LogState>> LogStateFile::read() const {
    Numbers numbers{};
    ::ssize_t const count = ::pread(file_.get(), numbers.data(), sizeof numbers, 0);
    if (count < 0)
        return std::unexpected(storage_error("Cannot read " + path_.string()));
    if (count == 0)
        return std::nullopt;
    bool const is_whole =
        count == sizeof numbers && numbers[0] == magic && numbers.back() == checksum_of(numbers);
    if (!is_whole)
        return failure(ErrorCode::damaged, path_.string() + " is damaged.");
    return LogState{
        .oldest_seq = numbers[1], .newest_seq = numbers[2], .age = nanoseconds(numbers[3])};
}

Result<void> LogStateFile::write(LogState const& state) {
    Numbers numbers = {magic, state.oldest_seq, state.newest_seq, state.age.count(), 0};
    numbers.back() = checksum_of(numbers);
    if (::pwrite(file_.get(), numbers.data(), sizeof numbers, 0) != sizeof numbers)
        return std::unexpected(storage_error("Cannot write " + path_.string()));
    return {};
}

Result<void> LogStateFile::sync() const {
    if (::fdatasync(file_.get()) != 0)
        return std::unexpected(storage_error("Cannot write " + path_.string()));
    return {};
}

}  // namespace millrace::broker
