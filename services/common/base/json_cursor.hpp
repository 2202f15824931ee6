// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/base/json.hpp"

namespace millrace {

/// Walks over JSON text without building values: what is passed is checked against RFC 8259 (UTF-8,
/// escapes and nesting up to json_depth_max included) and handed out as it stands in the text. For
/// where events come by the thousand and most of each is kept as it is; parse_json is for the rest.
///
///     JsonCursor at(text);
///     if (at.enter_object())
///         for (std::string_view name; at.next_member(name);)
///             use(name, at.value());
///     auto const whole = at.finish();
class JsonCursor {
public:
    /// Whether an escape may be half of a surrogate pair: RFC 8259 section 8.2 lets it pass as a
    /// text, though it is no Unicode and parse_json refuses it.
    enum class Halves { refused, passed };

    /// `text` outlives the cursor and what it hands out.
    explicit JsonCursor(std::string_view text, Halves halves = Halves::refused);

    /// Steps into the list or object that comes next. False: something else comes, which value()
    /// passes.
    bool enter_list() { return enter('['); }
    bool enter_object() { return enter('{'); }
    /// True: an element, or the value of the member `name`, comes next and must be passed or
    /// entered. False: the list or object is passed, or there is a fault. `name` is valid until the
    /// next call.
    bool next_element();
    bool next_member(std::string_view& name);
    /// Passes one value of any kind; a text keeps its quotes. Empty at a fault.
    std::string_view value();

    bool failed() const { return problem_ != nullptr; }
    /// Nothing but white space may follow. Errors: `invalid` with the byte position.
    Result<void> finish();

private:
    bool enter(char open);
    bool next(char close);
    void skip_space();
    bool skip_value();
    bool skip_object();
    bool skip_list();
    bool skip_name(std::string_view& quoted);
    bool skip_string();
    bool skip_escape();
    bool skip_number();
    bool skip_digits();
    bool skip_word(std::string_view word);
    bool fail(char const* problem);
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    std::string_view text_;
    Halves halves_;
    std::size_t at_ = 0;
    int depth_ = 0;          ///< lists and objects entered
    bool at_first_ = false;  ///< nothing of the innermost one is passed yet
    char const* problem_ = nullptr;
    std::string name_;  ///< of a member whose name has escapes
};

/// Whether a value that a cursor passed is one without halves of surrogate pairs.
bool is_unicode_json(std::string_view value);

/// The text of a JSON string as JsonCursor hands it out, quotes and escapes taken away. Pre: it was
/// handed out by a cursor, begins with a quote and is_unicode_json.
std::string json_text(std::string_view quoted);

}  // namespace millrace
