// SPDX-License-Identifier: Apache-2.0
#include "configurator/menu/menu.hpp"

#include "configurator/form/property.hpp"
#include "configurator/screen/function_key.hpp"
#include "tests/support/catch.hpp"

using namespace millrace::configurator;

TEST_CASE("VM's screen: F2 and F12 are known by the codes of each terminal, others are not") {
    for (auto const* code : {"\x1b[[B", "\x1bOQ", "\x1b[12~", "abc\x1b[[B", "\x1b[[A\x1b[[B"}) {
        INFO(code + 1);
        CHECK(function_key_in(code) == FunctionKey::f2);
    }
    CHECK(function_key_in("\x1b[24~") == FunctionKey::f12);
    for (auto const* code : {"", "\x1b", "\x1b[[A", "\x1b[A", "2", "\x1b[2"}) {
        INFO(code);
        CHECK_FALSE(function_key_in(code));
    }
}

TEST_CASE("menu: each choice has its digit; the one about power has nothing else") {
    std::string const all = menu_text(MenuPart::all);
    CHECK(all.find("  1  Network\n") != std::string::npos);
    CHECK(choice_of(MenuPart::all, "5") == MenuChoice::ssh);
    CHECK(choice_of(MenuPart::all, "0") == MenuChoice::back);
    for (auto const* typed : {"", "9", "11", "x", " 1"})
        CHECK_FALSE(choice_of(MenuPart::all, typed));
    CHECK(menu_text(MenuPart::power) == "  7  Restart\n  8  Shut down\n  0  Back\n");
    CHECK(choice_of(MenuPart::power, "7") == MenuChoice::restart);
    CHECK_FALSE(choice_of(MenuPart::power, "1"));
    CHECK(menu_part("all") == MenuPart::all);
    CHECK(menu_part("power") == MenuPart::power);
    CHECK_FALSE(menu_part("some"));
}

TEST_CASE("menu: the network's values are properties of the form") {
    for (std::string const& key : network_keys()) {
        INFO(key);
        CHECK(find_property(key) != nullptr);
    }
}
