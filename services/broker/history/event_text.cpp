// SPDX-License-Identifier: Apache-2.0
#include "broker/history/event_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/encoding.hpp"
#include "common/base/http_message.hpp"
#include "common/base/json.hpp"

namespace millrace::broker {
namespace {

constexpr std::size_t word_bytes_max = 64;
constexpr std::size_t data_text_max = 2048;
constexpr std::size_t summary_max = 1000;

bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// The JSON text that begins after the quote at `begin - 1`, still escaped; `end` is set past the
/// closing quote, or to npos where there is none.
std::string_view quoted(std::string_view json, std::size_t begin, std::size_t& end) {
    std::size_t at = json.find('"', begin);
    auto const is_escaped = [&] {
        std::size_t backslashes = 0;
        while (at - backslashes > begin && json[at - backslashes - 1] == '\\')
            ++backslashes;
        return backslashes % 2 == 1;
    };
    while (at != std::string_view::npos && is_escaped())
        at = json.find('"', at + 1);
    if (at == std::string_view::npos) {
        end = std::string_view::npos;
        return {};
    }
    end = at + 1;
    return json.substr(begin, at - begin);
}

std::size_t skip_space(std::string_view json, std::size_t at) {
    while (at < json.size() &&
           (json[at] == ' ' || json[at] == '\n' || json[at] == '\t' || json[at] == '\r'))
        ++at;
    return at;
}

void append_json_values(std::string& to, std::string_view json) {
    std::size_t const limit = to.size() + data_text_max;
    std::size_t at = json.find('"');
    while (at != std::string_view::npos && to.size() < limit) {
        std::size_t end = 0;
        std::string_view const text = quoted(json, at + 1, end);
        if (end == std::string_view::npos)
            return;
        std::size_t const next = skip_space(json, end);
        bool const is_name = next < json.size() && json[next] == ':';
        if (!is_name && !text.empty())
            to.append(" ").append(text.substr(0, data_text_max));
        at = json.find('"', end);
    }
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::size_t at = 0;
    while (at < text.size()) {
        while (at < text.size() && !is_word_byte(text[at]))
            ++at;
        std::size_t const begin = at;
        while (at < text.size() && is_word_byte(text[at]))
            ++at;
        if (at == begin)
            break;
        std::string word(text.substr(begin, std::min(at - begin, word_bytes_max)));
        for (char& c : word)
            if (c >= 'A' && c <= 'Z')
                c = static_cast<char>(c + 32);
        words.push_back(std::move(word));
    }
    return words;
}

std::string searchable_text(CloudEvent const& event) {
    std::string text;
    text.reserve(1024);
    for (std::string const* part : {&event.type, &event.subject, &event.source, &event.id})
        text.append(*part).append(" ");
    for (auto const& [name, value] : event.extensions)
        text.append(value).append(" ");
    std::string const type = media_type(event.datacontenttype);
    if (event.has_data && (type.empty() || is_json_type(type)))
        append_json_values(text, event.data);
    else if (event.has_data && type.starts_with("text/"))
        text.append(event.data, 0, data_text_max);
    return text;
}

std::string exact_word(std::string_view name, std::string_view value) {
    std::string both(name);
    both += '=';
    both += value;
    std::array<char, 16> digits{};
    auto const [end, code] =
        std::to_chars(digits.data(), digits.data() + digits.size(), fnv1a(both), 16);
    // A word of a text can be the same only by chance; every hit's row is compared anyway.
    return "zq" + std::string(digits.data(), end);
}

std::string summary_of(CloudEvent const& event) {
    constexpr std::string_view name = "\"FullFormattedMessage\"";
    std::string_view const data = event.data;
    std::size_t const found = data.find(name);
    if (found == std::string_view::npos)
        return {};
    std::size_t at = skip_space(data, found + name.size());
    if (at >= data.size() || data[at] != ':')
        return {};
    at = skip_space(data, at + 1);
    if (at >= data.size() || data[at] != '"')
        return {};
    std::size_t end = 0;
    std::string_view const text = quoted(data, at + 1, end);
    if (end == std::string_view::npos)
        return {};
    if (text.find('\\') == std::string_view::npos)
        return std::string(cut_at_character(text, summary_max));
    auto const parsed = parse_json(data.substr(at, end - at));
    return parsed ? std::string(cut_at_character(string_at(*parsed, ""), summary_max))
                  : std::string{};
}

}  // namespace millrace::broker
