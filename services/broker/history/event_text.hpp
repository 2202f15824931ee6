// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/event/cloud_event.hpp"

namespace millrace::broker {

/// What is searched: words are runs of ASCII letters and digits and of every byte above 127, lower
/// case (ASCII only), as SQLite's FTS5 tokenizer "ascii" cuts them, so that the index and a scan
/// agree. At most 64 bytes of a word count.
std::vector<std::string> words_of(std::string_view text);

/// The text of `event` that words are searched in: type, subject, source, id, values of extensions
/// and, of text and JSON data, the first 2 KiB of texts (JSON: values, not names).
std::string searchable_text(CloudEvent const& event);

/// One word that stands for "attribute `name` is exactly `value`" in the index.
std::string exact_word(std::string_view name, std::string_view value);

/// vCenter's sentence: the text of the member FullFormattedMessage of JSON data, at most 1,000
/// bytes; empty where there is none. Looks for the name only, the data is not parsed as a whole:
/// this runs for every event accepted.
std::string summary_of(CloudEvent const& event);

}  // namespace millrace::broker
