// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace millrace {

/// A text that never changes; copies share it. For what thousands of objects have more than once.
class SharedText {
public:
    SharedText() = default;
    SharedText(std::string text)
        : text_(text.empty() ? nullptr : std::make_shared<std::string const>(std::move(text))) {}
    SharedText(char const* text) : SharedText(std::string(text)) {}

    std::string_view view() const { return text_ ? std::string_view(*text_) : std::string_view(); }
    operator std::string_view() const { return view(); }
    bool operator==(SharedText const& other) const {
        return text_ == other.text_ || view() == other.view();
    }

private:
    std::shared_ptr<std::string const> text_;
};

}  // namespace millrace
