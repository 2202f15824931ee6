// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/xml_text.hpp"

#include <array>
#include <charconv>

namespace millrace::simulator {
namespace {

std::string_view replacement(char letter) {
    switch (letter) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\r':
            return "&#xD;";
        case '\t':
            return "&#x9;";
        case '\n':
            return "&#xA;";
        default:
            break;
    }
    return static_cast<unsigned char>(letter) < 0x20 ? "\xEF\xBF\xBD" : std::string_view();
}

void put_digits(char* to, std::int64_t number, int digits) {
    for (int i = digits - 1; i >= 0; --i) {
        to[i] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const with = replacement(text[i]);
        if (with.empty())
            continue;
        out.append(text.substr(plain, i - plain)).append(with);
        plain = i + 1;
    }
    out.append(text.substr(plain));
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
    out.append("<").append(name).append(">");
    append_escaped(out, text);
    out.append("</").append(name).append(">");
}

std::string element(std::string_view name, std::string_view text) {
    std::string out;
    append_element(out, name, text);
    return out;
}

std::string element(std::string_view name, std::int64_t number) {
    return element(name, std::to_string(number));
}

std::string reference_element(std::string_view name, ManagedReference const& reference) {
    std::string out = "<";
    out.append(name).append(" type=\"");
    append_escaped(out, reference.type);
    out.append("\">");
    append_escaped(out, reference.value);
    return out.append("</").append(name).append(">");
}

void append_time(std::string& out, std::int64_t microseconds_since_epoch) {
    using namespace std::chrono;
    sys_time<microseconds> const time{microseconds(microseconds_since_epoch)};
    auto const day = floor<days>(time);
    year_month_day const date{day};
    hh_mm_ss const clock{time - day};
    std::array<char, 27> text{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0', '0', ':',
                              '0', '0', ':', '0', '0', '.', '0', '0', '0', '0', '0', '0', 'Z'};
    put_digits(&text[0], int{date.year()}, 4);
    put_digits(&text[5], unsigned{date.month()}, 2);
    put_digits(&text[8], unsigned{date.day()}, 2);
    put_digits(&text[11], clock.hours().count(), 2);
    put_digits(&text[14], clock.minutes().count(), 2);
    put_digits(&text[17], clock.seconds().count(), 2);
    put_digits(&text[20], clock.subseconds().count(), 6);
    out.append(text.data(), text.size());
}

std::string time_text(SystemTime time) {
    std::string out;
    append_time(out, to_microseconds(time));
    return out;
}

std::int64_t to_microseconds(SystemTime time) {
    return std::chrono::floor<microseconds>(time.time_since_epoch()).count();
}

}  // namespace millrace::simulator
