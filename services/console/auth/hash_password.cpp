// SPDX-License-Identifier: Apache-2.0
#include "console/auth/hash_password.hpp"

#include <cstdio>
#include <iostream>
#include <sstream>

#include "common/base/file.hpp"
#include "common/base/flags.hpp"
#include "common/base/typed_secret.hpp"
#include "console/auth/login.hpp"
#include "console/auth/password.hpp"

namespace millrace::console {
namespace {

constexpr std::size_t password_bytes_max = 1000;  // as a sign-in may have

int complain(int code, std::string const& sentence) {
    std::fprintf(stderr, "millrace-console: %s\n", sentence.c_str());
    return code;
}

std::string read_input() {
    std::ostringstream text;
    text << std::cin.rdbuf();
    return std::move(text).str();
}

}  // namespace

int run_hash_password(std::vector<std::string> const& words) {
    auto const flags = parse_flags(
        {{.name = "user", .fallback = "admin", .help = "Who signs in with it."},
         {.name = "into", .help = "The file that gets name and hash.", .required = true}},
        words);
    if (!flags)
        return complain(2, to_string(flags.error()));
    Secret const password = is_typed() ? read_typed_secret("Password: ") : Secret(read_input());
    if (password.reveal().empty() || password.reveal().size() > password_bytes_max)
        return complain(
            2, "the password on standard input must have 1 to " +
                   std::to_string(password_bytes_max) + " bytes.");
    Login const login{flags->text("user"), hash_password(password)};
    auto const written = write_file_atomic(flags->text("into"), format_login(login) + "\n", 0600);
    return written ? 0 : complain(1, written.error().detail);
}

}  // namespace millrace::console
