// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// What went wrong, to branch on. The sentence for a person is Error::detail.
enum class ErrorCode {
    invalid,          ///< the input breaks a rule; trying again cannot help
    not_found,        ///< the named thing does not exist
    conflict,         ///< it changed meanwhile, or exists already
    too_large,        ///< over a stated limit
    unsupported,      ///< well said, but in a form that we do not read
    unauthenticated,  ///< credentials missing, wrong or expired
    forbidden,        ///< known, but not allowed
    timed_out,        ///< no answer before the deadline
    unavailable,      ///< cannot be reached now; trying again can help
    closed,           ///< the peer ended the connection
    storage,          ///< the disk refused: full, read-only or broken
    damaged,          ///< what is stored is not what was written; trying again cannot help
    canceled,         ///< we stopped it ourselves
};

/// The name of `code` as it stands in logs and API answers, e.g. "notFound".
std::string_view to_string(ErrorCode code);

/// A code to branch on and a sentence for the operator, naming the thing, the value and the remedy.
struct Error {
    ErrorCode code = ErrorCode::invalid;
    std::string detail;

    Error(ErrorCode error_code, std::string sentence)
        : code(error_code),
          detail(std::move(sentence)) {}
};

/// The outcome of anything that depends on the outside: never throws.
template <class T>
using Result = std::expected<T, Error>;

/// Short for std::unexpected(Error{...}).
inline std::unexpected<Error> failure(ErrorCode code, std::string detail) {
    return std::unexpected(Error(code, std::move(detail)));
}

/// One thing that is wrong with an input, and where: `place` is "file:line", a JSON pointer, a
/// flag.
struct Fault {
    std::string place;
    std::string problem;

    bool operator==(Fault const&) const = default;
};
using Faults = std::vector<Fault>;

/// The outcome of reading an input of many parts: the value, or all that is wrong with it at once.
template <class T>
using Checked = std::expected<T, Faults>;

/// All faults, one a line, each "place: problem".
std::string to_string(Faults const& faults);
/// All faults in one line, each a sentence: "place problem".
std::string to_sentences(Faults const& faults);

/// The process cannot start. Thrown once by what main calls, caught in main, which exits with 2.
class StartupError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace millrace
