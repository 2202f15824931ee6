// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/pem.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"

namespace millrace::configurator {
namespace {

constexpr std::string_view begin_marker = "-----BEGIN ";
constexpr std::string_view end_marker = "-----END ";
constexpr std::string_view dashes = "-----";
constexpr std::size_t line_columns = 64;

bool is_space(char one) {
    return one == ' ' || one == '\t' || one == '\r' || one == '\n';
}

std::string without_space(std::string_view text) {
    std::string bare;
    std::ranges::copy_if(text, std::back_inserter(bare), [](char one) { return !is_space(one); });
    return bare;
}

}  // namespace

std::string PemBlock::text() const {
    std::string lines = std::string(begin_marker) + label + std::string(dashes) + "\n";
    for (std::size_t at = 0; at < base64.size(); at += line_columns)
        lines += base64.substr(at, line_columns) + "\n";
    return lines + std::string(end_marker) + label + std::string(dashes) + "\n";
}

std::expected<std::vector<PemBlock>, std::string> read_pem(std::string_view text) {
    std::string decoded;
    if (text.find(begin_marker) == std::string_view::npos) {
        auto bytes = base64_decode(without_space(text));
        if (!bytes)
            return std::unexpected("is no base64; make it with: base64 -w0 FILE.");
        decoded = std::move(*bytes);
        text = decoded;
    }
    std::vector<PemBlock> blocks;
    for (auto at = text.find(begin_marker); at != std::string_view::npos;
         at = text.find(begin_marker)) {
        text.remove_prefix(at + begin_marker.size());
        auto const label_end = text.find(dashes);
        std::string const label(text.substr(0, std::min(label_end, text.size())));
        auto const end =
            text.find(std::string(end_marker).append(label).append(dashes), label.size());
        if (label_end == std::string_view::npos || end == std::string_view::npos)
            return std::unexpected("breaks off: a BEGIN has no END.");
        auto const body_begin = label_end + dashes.size();
        std::string body = without_space(text.substr(body_begin, end - body_begin));
        if (body.empty() || !base64_decode(body))
            return std::unexpected("has a block \"" + label + "\" that is damaged.");
        blocks.push_back({label, std::move(body)});
        text.remove_prefix(end);
    }
    if (blocks.empty())
        return std::unexpected("has no \"-----BEGIN\": it is no PEM.");
    return blocks;
}

}  // namespace millrace::configurator
