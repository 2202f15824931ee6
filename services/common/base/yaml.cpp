// SPDX-License-Identifier: Apache-2.0
#include "common/base/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <sstream>

#include "common/base/encoding.hpp"

namespace millrace {
namespace {

constexpr std::size_t yaml_bytes_max = 1 << 20;
constexpr int yaml_depth_max = 32;
constexpr int yaml_nodes_max = 10'000;

struct Conversion {
    std::string_view file;
    Faults faults;
    std::map<std::string, int, std::less<>> lines;
    int nodes = 0;

    void fault(YAML::Node const& node, std::string problem) {
        faults.push_back(
            {std::string(file) + ":" + std::to_string(node.Mark().line + 1), std::move(problem)});
    }
};

/// Sees where documents begin and what they hold, before anything is built. yaml-cpp 0.7 reads
/// "}" or ", x" for ever as one empty document after the other, without getting any further, and
/// makes of the escapes "\N" and "\_" bytes that are no UTF-8.
class FirstLook final : public YAML::EventHandler {
public:
    void OnDocumentStart(YAML::Mark const& mark) override {
        if (mark.pos == last_start_)
            throw YAML::ParserException(mark, "unexpected character");
        last_start_ = mark.pos;
    }
    void OnDocumentEnd() override {}
    void OnNull(YAML::Mark const& mark, YAML::anchor_t) override { count(mark); }
    void OnAlias(YAML::Mark const& mark, YAML::anchor_t) override { count(mark); }
    void OnScalar(
        YAML::Mark const& mark, std::string const&, YAML::anchor_t,
        std::string const& text) override {
        if (to_valid_utf8(text) != text)
            throw YAML::ParserException(
                mark, R"(the escapes \N and \_ cannot be read: write \u0085 and \u00a0)");
        count(mark);
    }
    void OnSequenceStart(
        YAML::Mark const& mark, std::string const&, YAML::anchor_t,
        YAML::EmitterStyle::value) override {
        count(mark);
    }
    void OnSequenceEnd() override {}
    void OnMapStart(
        YAML::Mark const& mark, std::string const&, YAML::anchor_t,
        YAML::EmitterStyle::value) override {
        count(mark);
    }
    void OnMapEnd() override {}

private:
    void count(YAML::Mark const& mark) {
        if (++nodes_ > 2 * yaml_nodes_max)
            throw YAML::ParserException(mark, "more than 10,000 values");
    }
    int last_start_ = -1;
    int nodes_ = 0;
};

/// Throws YAML::Exception for what cannot be read.
void look_through(std::string const& text) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    FirstLook look;
    while (parser.HandleNextDocument(look)) {
    }
}

/// YAML 1.2 section 5.1: these may only stand escaped in double quotes.
bool is_unprintable(char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

bool is_decimal_integer(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+'))
        text.remove_prefix(1);
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

Json plain_scalar(std::string const& text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
        return nullptr;
    if (text == "true" || text == "True" || text == "TRUE")
        return true;
    if (text == "false" || text == "False" || text == "FALSE")
        return false;
    char const* begin = text.data() + (text.front() == '+' ? 1 : 0);
    char const* end = text.data() + text.size();
    if (is_decimal_integer(text)) {
        std::int64_t integer = 0;
        auto const [stop, error] = std::from_chars(begin, end, integer);
        if (error == std::errc() && stop == end)
            return integer;
        return text;
    }
    if (text.find_first_not_of("+-.0123456789eE") == std::string::npos) {
        double number = 0;
        auto const [stop, error] = std::from_chars(begin, end, number);
        if (error == std::errc() && stop == end && std::isfinite(number))
            return number;
    }
    return text;
}

Json convert(YAML::Node const& node, Conversion& to, std::string const& path, int depth);

Json convert_map(YAML::Node const& node, Conversion& to, std::string const& path, int depth) {
    Json object = Json::object();
    for (auto const& pair : node) {
        YAML::Node const& key = pair.first;
        if (!key.IsScalar()) {
            to.fault(key, "A key must be plain text.");
            continue;
        }
        std::string const name = key.Scalar();
        if (object.contains(name)) {
            to.fault(key, "The key \"" + name + "\" stands twice in one mapping; remove one.");
            continue;
        }
        object[name] = convert(pair.second, to, path.empty() ? name : path + "/" + name, depth + 1);
    }
    return object;
}

Json convert(YAML::Node const& node, Conversion& to, std::string const& path, int depth) {
    if (++to.nodes > yaml_nodes_max) {
        if (to.nodes == yaml_nodes_max + 1)
            to.fault(node, "More than 10,000 values (aliases counted as often as used).");
        return nullptr;
    }
    if (depth > yaml_depth_max) {
        to.fault(node, "Nested deeper than 32 levels.");
        return nullptr;
    }
    to.lines[path] = node.Mark().line + 1;
    std::string const& tag = node.Tag();
    if (tag.starts_with('!') && tag != "!")
        to.fault(node, "The tag " + tag + " is not allowed.");
    if (node.IsMap())
        return convert_map(node, to, path, depth);
    if (node.IsSequence()) {
        Json list = Json::array();
        for (YAML::Node const& item : node)
            list.push_back(convert(item, to, path + "/" + std::to_string(list.size()), depth + 1));
        return list;
    }
    if (!node.IsScalar())
        return nullptr;
    // yaml-cpp marks a quoted scalar with the tag "!".
    return tag == "!" || tag.ends_with(":str") ? Json(node.Scalar()) : plain_scalar(node.Scalar());
}

/// Whether a literal block ("|") gives the text back as it is: it ends in one newline always.
bool is_block(std::string const& text) {
    return std::ranges::none_of(text, is_unprintable) && text.find('\r') == std::string::npos &&
           text.ends_with('\n') && !text.ends_with("\n\n") && !text.starts_with(' ') &&
           !text.starts_with('\n');
}

/// On one line, printable and no mark of a document: what else has to be quoted, yaml-cpp quotes
/// itself.
bool is_simple(std::string const& text) {
    if (text.starts_with("---") || text.starts_with("..."))
        return false;
    return std::ranges::none_of(
        text, [](char c) { return is_unprintable(c) || c == '\n' || c == '\r'; });
}

void emit_key(YAML::Emitter& out, std::string const& key) {
    out << YAML::Key;
    if (!is_simple(key))
        out << YAML::DoubleQuoted;
    out << key << YAML::Value;
}

void emit(YAML::Emitter& out, Json const& value) {
    if (value.is_object()) {
        out << YAML::BeginMap;
        for (auto const& [key, member] : value.items()) {
            emit_key(out, key);
            emit(out, member);
        }
        out << YAML::EndMap;
    } else if (value.is_array()) {
        out << YAML::BeginSeq;
        for (Json const& item : value)
            emit(out, item);
        out << YAML::EndSeq;
    } else if (value.is_string()) {
        std::string const text = string_at(value, "");
        if (is_block(text))
            out << YAML::Literal << text;
        else if (!is_simple(text) || !plain_scalar(text).is_string())
            out << YAML::DoubleQuoted << text;
        else
            out << text;
    } else if (value.is_null()) {
        out << YAML::Null;
    } else {
        out << dump_json(value);
    }
}

}  // namespace

std::string YamlDocument::place(std::string_view file, std::string_view path) const {
    for (;;) {
        if (auto const found = lines.find(path); found != lines.end())
            return std::string(file) + ":" + std::to_string(found->second);
        if (path.empty())
            return std::string(file);
        auto const slash = path.rfind('/');
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
    }
}

Checked<std::vector<YamlDocument>> parse_yaml(std::string_view text, std::string_view file) {
    if (text.size() > yaml_bytes_max)
        return std::unexpected(Faults{{std::string(file), "Larger than 1 MiB."}});
    // yaml-cpp would take a NUL for UTF-16 or UTF-32.
    if (to_valid_utf8(text) != text || std::ranges::any_of(text, is_unprintable))
        return std::unexpected(
            Faults{{std::string(file), "Not UTF-8 text without control characters."}});
    std::vector<YamlDocument> documents;
    Faults faults;
    try {
        std::string const whole(text);
        look_through(whole);
        for (YAML::Node const& node : YAML::LoadAll(whole)) {
            if (!node.IsDefined() || node.IsNull())
                continue;
            Conversion conversion{.file = file};
            Json value = convert(node, conversion, "", 0);
            documents.push_back({std::move(value), std::move(conversion.lines)});
            faults.insert(faults.end(), conversion.faults.begin(), conversion.faults.end());
        }
    } catch (YAML::Exception const& error) {
        faults.push_back(
            {std::string(file) + ":" + std::to_string(error.mark.line + 1),
             "Not valid YAML: " + error.msg + "."});
    }
    if (!faults.empty())
        return std::unexpected(std::move(faults));
    return documents;
}

std::string dump_yaml(Json const& value) {
    YAML::Emitter out;
    emit(out, value);
    return std::string(out.c_str()) + "\n";
}

}  // namespace millrace
