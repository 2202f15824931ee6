// SPDX-License-Identifier: Apache-2.0
#include "common/net/sse_reader.hpp"

#include <utility>

namespace millrace {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

Result<void> SseReader::feed(std::string_view bytes) {
    buffer_.erase(0, at_);
    at_ = 0;
    buffer_.append(bytes);
    // What is not a whole line yet cannot be taken: it must not grow for ever.
    auto const last_end = buffer_.find_last_of("\r\n");
    std::size_t const open =
        last_end == std::string::npos ? buffer_.size() : buffer_.size() - last_end - 1;
    if (item_bytes_ + open > item_bytes_max_)
        return failure(ErrorCode::too_large, "An event of the stream is too large.");
    return {};
}

std::optional<std::string_view> SseReader::next_line() {
    if (after_return_ && at_ < buffer_.size()) {
        after_return_ = false;
        if (buffer_[at_] == '\n')
            ++at_;
    }
    auto const end = buffer_.find_first_of("\r\n", at_);
    if (end == std::string::npos)
        return std::nullopt;
    std::string_view const line = std::string_view(buffer_).substr(at_, end - at_);
    after_return_ = buffer_[end] == '\r';
    at_ = end + 1;
    bool const has_mark = std::exchange(at_begin_, false) && line.starts_with(byte_order_mark);
    return has_mark ? line.substr(byte_order_mark.size()) : line;
}

void SseReader::take(std::string_view line) {
    auto const colon = line.find(':');
    std::string_view const name = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' '))
        value.remove_prefix(1);
    if (name == "event") {
        item_.event = value;
    } else if (name == "id" && value.find('\0') == std::string_view::npos) {
        id_ = value;
    } else if (name == "data") {
        if (has_data_)
            item_.data += '\n';
        item_.data.append(value);
        has_data_ = true;
    }
}

std::optional<SseItem> SseReader::next() {
    while (auto const line = next_line()) {
        if (!line->empty()) {
            item_bytes_ += line->size();
            take(*line);
            continue;
        }
        item_bytes_ = 0;
        last_id_ = id_;
        SseItem item = std::exchange(item_, {});
        if (!std::exchange(has_data_, false))
            continue;
        if (item.event.empty())
            item.event = "message";
        item.id = last_id_;
        return item;
    }
    return std::nullopt;
}

}  // namespace millrace
