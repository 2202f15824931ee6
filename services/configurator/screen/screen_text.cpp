// SPDX-License-Identifier: Apache-2.0
#include "configurator/screen/screen_text.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"

namespace millrace::configurator {
namespace {

constexpr std::size_t title_columns = 30;
constexpr std::size_t fingerprint_half = 48;

/// Text from elsewhere may have what moves a terminal's cursor.
std::string printable(std::string_view text) {
    std::string plain = to_valid_utf8(text);
    std::ranges::replace_if(
        plain, [](char one) { return static_cast<unsigned char>(one) < ' ' || one == '\x7f'; },
        ' ');
    return plain;
}

std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    for (; !text.empty(); text.remove_prefix(character_length(text)))
        ++width;
    return width;
}

std::string padded(std::string text, std::size_t columns) {
    text.append(columns - std::min(columns, width_of(text)), ' ');
    return text;
}

/// The front of `text`, as many characters as there are columns.
std::string cut(std::string_view text, std::size_t columns) {
    std::size_t bytes = 0;
    for (std::size_t at = 0; at < columns && bytes < text.size(); ++at)
        bytes += character_length(text.substr(bytes));
    return std::string(text.substr(0, bytes));
}

/// Lines of at most `columns`, broken at spaces where there are any, with `indent` before each.
std::vector<std::string> wrapped(
    std::string_view text, std::string const& indent, std::size_t columns) {
    std::vector<std::string> lines;
    std::size_t const room = columns - indent.size();
    while (!text.empty()) {
        std::string line = cut(text, room);
        if (line.size() < text.size())
            if (auto const space = line.rfind(' '); space != std::string::npos && space > 0)
                line.resize(space);
        text.remove_prefix(line.size());
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        lines.push_back(indent + line);
    }
    return lines;
}

/// Lines of the screen, in their order; what does not fit is counted.
class Page {
public:
    explicit Page(ScreenSize size) : size_(size) {}

    std::size_t room() const { return size_.rows - lines_.size(); }
    void add(std::string_view line) {
        if (room() > 0)
            lines_.push_back(cut(printable(line), size_.columns));
    }
    /// Each of `parts` whole, or none of it, with `rows_kept` left for what follows.
    void add_parts(std::vector<std::vector<std::string>> const& parts, std::size_t rows_kept) {
        std::size_t left = parts.size();
        for (auto const& part : parts) {
            std::size_t const more = left > 1 ? 1 : 0;
            if (room() < part.size() + more + rows_kept)
                break;
            for (std::string const& line : part)
                add(line);
            --left;
        }
        if (left > 0)
            add("  ... and " + std::to_string(left) + " more");
    }
    std::size_t columns() const { return size_.columns; }
    std::vector<std::string> finish(std::string const& last) {
        while (room() > 1)
            lines_.emplace_back();
        add(last);
        return std::move(lines_);
    }

private:
    ScreenSize size_;
    std::vector<std::string> lines_;
};

std::vector<std::vector<std::string>> fault_parts(
    Json const& status, std::string_view name, std::size_t columns) {
    std::vector<std::vector<std::string>> parts;
    if (Json const* const list = find_json(status, name))
        for (Json const& fault : *list)
            parts.push_back(wrapped(
                printable(string_at(fault, "property") + ": " + string_at(fault, "problem")), "  ",
                columns));
    return parts;
}

std::vector<std::vector<std::string>> step_parts(Json const& status, std::size_t columns) {
    std::vector<std::vector<std::string>> parts;
    Json const* const list = find_json(status, "steps");
    for (std::size_t index = 0; list != nullptr && index < list->size(); ++index) {
        Json const& step = (*list)[index];
        std::vector<std::string> part = {
            "  " + padded(printable(string_at(step, "title")), title_columns) +
            printable(string_at(step, "state"))};
        for (std::string& line : wrapped(printable(string_at(step, "problem")), "      ", columns))
            part.push_back(std::move(line));
        parts.push_back(std::move(part));
    }
    return parts;
}

/// What to do, or how it stands. The web page is a way out only where there is a code for it.
std::string headline(ScreenFacts const& facts) {
    std::string const state = string_at(facts.status, "state");
    bool const has_page =
        facts.has_web_page && !facts.addresses.empty() && !facts.setup_code.empty();
    if (state == "invalid")
        return has_page ? "Nothing was changed. Correct it on the web page; it asks for the code:"
                        : "Nothing was changed. To correct in the VM's vApp properties, then "
                          "restart it:";
    if (state == "waiting")
        return has_page
                   ? "The VM has no OVF form. Give one on the web page; it asks for the code."
                   : "The VM has no OVF form. To give in its vApp properties, then restart it.";
    if (state == "stuck")
        return "A step has failed:";
    if (state == "running")
        return "This appliance is being configured:";
    if (state == "finished")
        return "This appliance is configured.";
    return "Starting.";
}

void add_reach(Page& page, ScreenFacts const& facts) {
    if (facts.addresses.empty())
        page.add("No address yet.");
    for (std::string const& address : facts.addresses)
        page.add(facts.has_web_page ? "https://" + address + "/" : "Address  " + address);
    if (!facts.setup_code.empty())
        page.add("Code     " + printable(facts.setup_code));
    if (!facts.has_web_page || facts.fingerprint.empty())
        return;
    page.add("SHA-256  " + facts.fingerprint.substr(0, fingerprint_half));
    if (facts.fingerprint.size() > fingerprint_half)
        page.add("         " + facts.fingerprint.substr(fingerprint_half));
}

}  // namespace

std::vector<std::string> screen_text(ScreenFacts const& facts, ScreenSize size) {
    Page page(size);
    std::string const product = "Millrace " + facts.version;
    std::string const name = printable(facts.host_name);
    std::size_t const gap =
        size.columns - std::min(size.columns - 1, width_of(product) + width_of(name));
    page.add(product + std::string(gap, ' ') + name);
    page.add(std::string(size.columns, '-'));
    add_reach(page, facts);
    page.add("");
    page.add(headline(facts));
    page.add_parts(fault_parts(facts.status, "faults", size.columns), 2);
    auto const steps = step_parts(facts.status, size.columns);
    if (string_at(facts.status, "state") != "finished")
        page.add_parts(steps, 2);
    auto const notes = fault_parts(facts.status, "notes", size.columns);
    if (!notes.empty() && page.room() > 4) {
        page.add("");
        page.add("To know:");
        page.add_parts(notes, 2);
    }
    return page.finish("F2 change   F12 restart or shut down   Alt+F2 sign in");
}

std::string screen_frame(std::vector<std::string> const& lines) {
    std::string frame = "\x1b[H";
    for (std::size_t index = 0; index < lines.size(); ++index)
        // Erased first: after a line that fills the screen, the cursor is on its last character.
        frame += "\x1b[K" + lines[index] + (index + 1 < lines.size() ? "\r\n" : "");
    return frame + "\x1b[J";
}

}  // namespace millrace::configurator
