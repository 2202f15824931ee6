// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace {

/// One server-sent event, taken apart.
struct SseItem {
    std::string event;  ///< "message" where none is named
    std::string data;   ///< several data lines are joined by a newline
    std::string id;     ///< the last id the stream has said so far, as a browser keeps it
};

/// Takes a stream of server-sent events apart (WHATWG HTML 9.2.6), however its bytes are cut.
/// Comments and `retry` are passed over; an id without data moves the position and is no event.
/// Pure.
class SseReader {
public:
    /// `item_bytes_max`: one event, names of its fields included, may have so many bytes.
    explicit SseReader(std::size_t item_bytes_max = 4 << 20) : item_bytes_max_(item_bytes_max) {}

    /// Bytes that have come. Errors: `too_large` for an event beyond the limit; the reader is then
    /// of no more use.
    Result<void> feed(std::string_view bytes);
    /// The next whole event; nothing until more bytes have come.
    std::optional<SseItem> next();
    /// The id a reconnect sends as Last-Event-ID: that of the last whole event, so that one that
    /// broke off comes again; empty where the stream has said none.
    std::string const& last_id() const { return last_id_; }

private:
    std::optional<std::string_view> next_line();
    void take(std::string_view line);

    std::size_t item_bytes_max_;
    std::string buffer_;
    std::size_t at_ = 0;          ///< where the next line begins
    std::size_t item_bytes_ = 0;  ///< of the event that is being put together
    bool after_return_ = false;   ///< a newline now belongs to the carriage return before
    bool at_begin_ = true;        ///< of the stream, where a byte order mark may stand
    bool has_data_ = false;
    SseItem item_;
    std::string id_;       ///< of the event that is being put together
    std::string last_id_;  ///< of the last that is whole
};

}  // namespace millrace
